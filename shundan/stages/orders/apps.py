from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "shundan.stages.orders"
    label = "orders"
