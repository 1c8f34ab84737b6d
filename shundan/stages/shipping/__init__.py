"""Shipping: reads PLANNED parcels, asks for their labels and fetches them; leaves the parcels LABELLED.

Prints labels and keeps a log of it; reads PACKED parcels, scans them out onto a manifest and leaves them HANDED_OVER.
"""
