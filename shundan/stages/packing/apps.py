from django.apps import AppConfig


class PackingConfig(AppConfig):
    name = "shundan.stages.packing"
    label = "packing"
