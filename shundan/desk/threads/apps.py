from django.apps import AppConfig


class ThreadsConfig(AppConfig):
    name = "shundan.desk.threads"
    label = "threads"
