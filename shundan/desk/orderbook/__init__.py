"""Orderbook: the list of orders and the page of one order, with what later stages know of it."""
