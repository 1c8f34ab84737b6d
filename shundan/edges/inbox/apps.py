from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "shundan.edges.inbox"
    label = "inbox"
