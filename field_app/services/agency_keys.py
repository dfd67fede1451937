"""The agency's own keys, from what its recovery words are made of."""

from sync.client.enrol import AgencyKeys
from sync.protocol.sealing import derive_key


def agency_keys(entropy: bytes) -> AgencyKeys:
    """Return the agency's keys of its recovery words: both are derived, so words are enough."""
    return AgencyKeys(
        signing_seed=derive_key(entropy, "agency signing seed"),
        recovery_seed=derive_key(entropy, "agency recovery seed"),
    )
