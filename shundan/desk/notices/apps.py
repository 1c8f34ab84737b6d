from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "shundan.desk.notices"
    label = "notices"
