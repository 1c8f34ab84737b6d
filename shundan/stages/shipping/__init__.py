"""Shipping: reads PLANNED and PACKED parcels, gets labels, hands parcels over on manifests; leaves HANDED_OVER parcels."""
