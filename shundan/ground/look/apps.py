"""The app of the design system."""

from __future__ import annotations

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Name the design system for Django."""

    name = "shundan.ground.look"
    label = "look"
    verbose_name = "Look"
