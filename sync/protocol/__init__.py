"""What a device and the central API agree on: bytes, messages, signatures. No I/O.

PROTOCOL.md says every byte; each module here is one noun of it.
"""
