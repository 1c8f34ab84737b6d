"""Review: reads RECEIVED orders, runs the checks, leaves APPROVED or HELD."""
