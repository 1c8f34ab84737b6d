from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shundan.stages.shipping"
    label = "shipping"
