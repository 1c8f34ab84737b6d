"""Settings: shops, staff, tokens, warehouses, rates, templates."""
