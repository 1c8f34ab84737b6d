from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "shundan.edges.channels"
    label = "channels"
