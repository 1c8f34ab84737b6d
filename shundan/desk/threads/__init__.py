"""Threads: conversations beside the orders and cases they are about."""
