"""Conversations: threads with buyers and carriers, and templates."""
