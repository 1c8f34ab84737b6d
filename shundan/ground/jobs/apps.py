from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "shundan.ground.jobs"
    label = "jobs"
