"""Buyers and the shop talking to each other."""
