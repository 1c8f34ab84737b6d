from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "shundan.stages.aftersales"
    label = "aftersales"
