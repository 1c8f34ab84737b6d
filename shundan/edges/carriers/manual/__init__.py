"""Carriers worked by hand: a number is typed in."""
