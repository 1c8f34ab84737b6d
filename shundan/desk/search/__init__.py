"""Search: one box for orders, parcels, items, buyers and pages."""
