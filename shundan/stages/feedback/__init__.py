"""Feedback: reads ratings and causes, gathers problems and improvements."""
