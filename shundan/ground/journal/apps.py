from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "shundan.ground.journal"
    label = "journal"
