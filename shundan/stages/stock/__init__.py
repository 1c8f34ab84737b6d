"""Stock: reads APPROVED orders, reserves every line or none, leaves RESERVED (or HELD)."""
