from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "shundan.stages.money"
    label = "money"
