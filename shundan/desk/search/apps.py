from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shundan.desk.search"
    label = "search"
