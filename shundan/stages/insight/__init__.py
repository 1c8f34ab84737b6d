"""Insight: reads the sealed journal and answers questions; writes nothing but its own tables."""
