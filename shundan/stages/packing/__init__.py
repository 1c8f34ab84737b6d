"""Packing: reads RESERVED orders, plans their parcels and leaves the orders FULFILLING.

Owns the parcel and its door, waves and pick lists, the pack station, packing slips and invoices.
Reads LABELLED parcels, checks them item by item and leaves them PACKED; takes in news of the platform's packages.
"""
