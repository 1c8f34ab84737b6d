from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "shundan.ground.staff"
    label = "staff"
