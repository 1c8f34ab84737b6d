"""Races: several workers and people at the same rows, at the same moment, on PostgreSQL. One scene each."""
