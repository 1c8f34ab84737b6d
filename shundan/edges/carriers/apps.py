from django.apps import AppConfig


class CarriersConfig(AppConfig):
    name = "shundan.edges.carriers"
    label = "carriers"
