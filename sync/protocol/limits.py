"""Sizes and times that both sides keep to. The centre refuses more; a client never sends it."""

CHANGES_PER_CALL = 500
"""Most changes in one `POST /v1/sync`; at 300-600 bytes each about 250 kB on the wire."""

CHANGES_PER_RUN = 32
"""Most changes under one author signature: a lone record of a run costs its reader at most 1 kB."""

RUN_BYTES = 1024 * 1024
"""A run is closed when its sealed bytes pass this, so that a batch can always be halved."""

KEYS_PER_CALL = 2000
FEED_LIMIT = 1000
"""Most items of one page of the feed."""

PAGE_BYTES = 4 * 1024 * 1024
"""Sealed bytes after which a page ends early."""

BODY_BYTES = 8 * 1024 * 1024
"""Largest body as it travels."""

INFLATED_BYTES = 24 * 1024 * 1024
"""Largest body after inflating; honest ones are below twice `BODY_BYTES`."""

SEALED_BYTES = 1024 * 1024
"""Largest sealed record."""

RECORD_JSON_BYTES = 4 * 1024 * 1024
"""Largest record after opening and inflating."""

CHUNK_BYTES = 1024 * 1024
"""Plain bytes of an attachment chunk; only the last one is shorter."""

ATTACHMENT_CHUNKS = 64
"""Most chunks of an attachment (64 MiB), unless the centre's settings say less."""

CLOCK_TOLERANCE_SECONDS = 600
"""How far a request's time may be from the server's."""

CODE_LIFETIME_HOURS = 72
HAND_IN_DAYS = 30
"""How long a revoked device may still hand in its work."""

LEASE_DAYS = 14
AUDIT_HEADS_KEPT = 100
"""Heads of the audit chain that a device keeps as a witness."""
