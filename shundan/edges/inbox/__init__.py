"""Inbox: reads what arrived, fetches what it announces, leaves snapshots for one stage each. Knows how complete it is."""
