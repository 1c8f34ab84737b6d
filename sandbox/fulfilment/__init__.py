"""Packages: how they are opened, arranged, labelled, collected and delivered."""
