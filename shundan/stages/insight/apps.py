from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "shundan.stages.insight"
    label = "insight"
