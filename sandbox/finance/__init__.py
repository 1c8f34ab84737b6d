"""What the seller gets: an entry per delivered order and per refund, daily statements, payments."""
