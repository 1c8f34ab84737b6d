"""Channels: where orders come from; apps, authorisations and tokens. One folder per channel."""
