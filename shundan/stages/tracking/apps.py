from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "shundan.stages.tracking"
    label = "tracking"
