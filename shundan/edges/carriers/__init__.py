"""Carriers: who moves parcels outside the platform. One folder per carrier or hub."""
