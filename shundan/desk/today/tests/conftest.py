"""Who is at work in these tests."""

from tests.people import owner

__all__ = ["owner"]
