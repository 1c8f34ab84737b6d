"""The only wiring: settings, URLs, steps and the command line."""
