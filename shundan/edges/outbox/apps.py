from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "shundan.edges.outbox"
    label = "outbox"
