"""Holds: every open hold, and the actions that end it."""
