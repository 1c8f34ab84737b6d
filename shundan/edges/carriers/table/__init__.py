"""Carriers priced by a rate table."""
