"""Who is at work in these tests."""

from tests.people import clerk, owner, packer, viewer

__all__ = ["clerk", "owner", "packer", "viewer"]
