from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "shundan.stages.stock"
    label = "stock"
