"""Notices: what happened since you left, from the sealed journal."""
