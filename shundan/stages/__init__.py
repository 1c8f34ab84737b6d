"""The process, in its order."""
