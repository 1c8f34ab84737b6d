"""Orders: reads order snapshots, upserts orders, holds THE DOOR (actions.py); leaves
WAITING, RECEIVED or WATCHED orders."""
