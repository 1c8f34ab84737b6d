from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "shundan.ground.rulebook"
    label = "rulebook"
