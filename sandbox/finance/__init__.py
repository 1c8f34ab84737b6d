"""What the seller gets: one entry per delivered order, one per refund, a statement a day, a payment per statement."""
