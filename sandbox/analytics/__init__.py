"""Sales as the platform counts them: per shop, product and SKU, by day and by hour."""
