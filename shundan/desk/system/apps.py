from django.apps import AppConfig


class SystemConfig(AppConfig):
    name = "shundan.desk.system"
    label = "system"
