from django.apps import AppConfig


class HoldsConfig(AppConfig):
    name = "shundan.desk.holds"
    label = "holds"
