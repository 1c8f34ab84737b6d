"""Who is at work in these tests."""

from tests.people import clerk

__all__ = ["clerk"]
