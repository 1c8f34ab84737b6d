"""The demo's scripted staff: a packer and a clerk who work through a desk's public API.

They take the oldest work first and leave the newest of each kind for the visitor.
"""
