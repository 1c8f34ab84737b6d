"""Every endpoint an order desk uses as a typed function, one file per group; `endpoints` holds their facts.

What changes something outside is called by the outbox's `calls` alone: its row is saved before it is made.
"""
