from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "shundan.edges.conversations"
    label = "conversations"
