"""Pages of Settings: shops, staff, API tokens, warehouses."""
