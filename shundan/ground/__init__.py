"""Ground: what every part of the desk stands on."""
