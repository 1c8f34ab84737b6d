from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "shundan.stages.review"
    label = "review"
