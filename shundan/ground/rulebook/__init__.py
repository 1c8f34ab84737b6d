"""Rulebook: the platform's rules as dated facts, calendars, and the deadlines they lead to."""
