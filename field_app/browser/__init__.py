"""The app in a browser of this machine: a web server on loopback, and the door before it.

Phones have no part of it: `build/stage.py` leaves this folder out.
"""
