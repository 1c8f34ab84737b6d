from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "shundan.desk.settings"
    label = "settings"
