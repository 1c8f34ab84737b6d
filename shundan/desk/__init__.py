"""Pages that join stages."""
