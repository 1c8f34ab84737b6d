from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shundan.desk.imports"
    label = "imports"
