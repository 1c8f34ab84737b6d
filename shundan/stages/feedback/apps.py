from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "shundan.stages.feedback"
    label = "feedback"
