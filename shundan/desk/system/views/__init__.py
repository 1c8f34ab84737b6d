"""Pages of the System area, and the probes that programs ask."""
