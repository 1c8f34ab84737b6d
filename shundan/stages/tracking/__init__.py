"""Tracking: reads HANDED_OVER and IN_TRANSIT parcels, follows what their carriers say, leaves them DELIVERED.

Notices silence and failed deliveries as troubles, and ends each trouble with a cause.
"""
