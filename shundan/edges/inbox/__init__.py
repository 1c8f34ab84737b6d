"""Inbox: reads what arrived, fetches what it announces, leaves snapshots for one stage each.

It knows how complete it is.
"""
