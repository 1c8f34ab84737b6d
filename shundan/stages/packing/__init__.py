"""Packing: reads RESERVED orders, plans parcels, packs labelled ones item by item; leaves FULFILLING orders, PACKED parcels."""
