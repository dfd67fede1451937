"""Field Notes: an offline-first field app for advocates, with an encrypted store of its own."""

__version__ = "0.1.0"
