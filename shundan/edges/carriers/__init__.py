"""Carriers: who moves parcels outside the platform's own shipping; kept by hand, or with a table of rates."""
