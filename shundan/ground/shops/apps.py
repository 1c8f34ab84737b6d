from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "shundan.ground.shops"
    label = "shops"
