from django.apps import AppConfig


class TodayConfig(AppConfig):
    name = "shundan.desk.today"
    label = "today"
