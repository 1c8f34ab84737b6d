"""Tracking: reads parcels that left us, follows carrier events until delivered; opens troubles."""
