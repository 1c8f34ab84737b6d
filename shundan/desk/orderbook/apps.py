from django.apps import AppConfig


class OrderbookConfig(AppConfig):
    name = "shundan.desk.orderbook"
    label = "orderbook"
