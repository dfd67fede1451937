"""Enrolment: from a one-time code to an identity. Repeating it with the same keys is safe.

    look      for whom the code is; the blob in the answer holds the key that must have signed it
    redeem    binds this device's keys to the code's holder, and brings generation and access

Three kinds of code: `first` founds the agency's own keys; `staff` comes from a manager's device;
`recovery` is worth nothing without the agency's recovery words.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError

from sync.client.channel import Channel
from sync.client.errors import ContradictoryAnswer, NotTheCentre, SyncFailure
from sync.client.identity import AGENCY_SEED_PURPOSE, Identity, OwnKeys
from sync.client.transport import RawAnswer, Transport
from sync.protocol.certificates import Holder, bind_device, certify_device, read_holder
from sync.protocol.compression import inflate
from sync.protocol.enrolment import (
    EnrolmentBlob,
    EnrolmentCode,
    Founding,
    LookAnswer,
    LookRequest,
    RedeemAnswer,
    RedeemRequest,
    open_blob,
)
from sync.protocol.errors import CertificateInvalid, Code, Problem, ProtocolError
from sync.protocol.feed import DeviceEntry
from sync.protocol.ids import id_bytes
from sync.protocol.keys import RECOVERY, CaseKey, open_case_key
from sync.protocol.management import CertificateRequest, DeviceList, KeyList
from sync.protocol.roles import Role
from sync.protocol.sealing import open_secret, seal_secret

FIRST, STAFF, RECOVERY_CODE = "first", "staff", "recovery"


class CodeRefused(SyncFailure):
    """The code was refused. Before a key is pinned nobody can sign this, so nothing is changed."""

    code = "code_refused"


@dataclass(frozen=True)
class AgencyKeys:
    """The agency's own private keys, as its founder makes them and its recovery words give them.

    Attributes:
        signing_seed: Ed25519: certifies devices.
        recovery_seed: X25519: opens a copy of every case key; derived from the recovery words.
    """

    signing_seed: bytes
    recovery_seed: bytes

    @property
    def signing(self) -> Ed25519PrivateKey:
        """The key that certifies."""
        return Ed25519PrivateKey.from_private_bytes(self.signing_seed)

    @property
    def recovery_public(self) -> bytes:
        """What case keys are sealed to."""
        key = X25519PrivateKey.from_private_bytes(self.recovery_seed)
        return key.public_key().public_bytes_raw()


@dataclass(frozen=True)
class Enrolled:
    """What a redeemed code gives.

    Attributes:
        identity: This device, enrolled.
        generation: Of the centre.
        lease_days: How long old cases may be shown without reaching the centre.
        case_keys: Keys of the cases that the person may see, as far as the code brought them.
        server_time: In milliseconds.
    """

    identity: Identity
    generation: int
    lease_days: int
    case_keys: tuple[CaseKey, ...]
    server_time: int


class Enrolment:
    """One try to enrol with one code. `look` first, then `redeem`."""

    def __init__(
        self,
        transport: Transport,
        centre_url: str,
        code: EnrolmentCode,
        keys: OwnKeys,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Enrol with these keys: keep them, so that a repeated try is the same device."""
        self._url = centre_url
        self._code = code
        self._keys = keys
        self._transport = transport
        self._clock = clock
        self._blob: EnrolmentBlob | None = None
        self._channel = Channel(
            transport, keys.device_id, keys.signing, self._server_key, clock=clock
        )

    def look(self) -> LookAnswer:
        """Return for whom the code is.

        Raises:
            CodeRefused: It is wrong, used or over.
            Offline: The centre cannot be reached.
        """
        for _ in range(2):
            try:
                answer = self._look()
                break
            except CodeRefused as error:
                if error.code != Code.CLOCK_SKEW.value:
                    raise
        else:
            raise CodeRefused("This device's clock is wrong. Set it, then try again.")
        blob = self._open(answer.blob, answer.agency_id)
        if (blob.signing_key is None) == (answer.kind == STAFF):
            # Whoever made the code has said so in it: the centre may not make an advocate found
            # an agency, or type the recovery words.
            raise ContradictoryAnswer(
                "The centre says that the code is of another kind than it is."
            )
        self._blob = blob
        word = self._certified(blob)
        if word is None:
            # Who redeems such a code certifies itself, as a data manager.
            return answer.model_copy(update={"role": Role.DATA_MANAGER})
        if (word.agency_id, word.staff_id) != (answer.agency_id, answer.staff_id):
            raise ContradictoryAnswer("The centre says that the code is for somebody else.")
        return answer.model_copy(update={"role": word.role})

    def _certified(self, blob: EnrolmentBlob) -> Holder | None:
        """Return for whom a data manager made the code; None for a code of the operator's."""
        if blob.holder is None or blob.signing_key is None:
            return None
        try:
            return read_holder(blob.holder, blob.signing_key)
        except CertificateInvalid as error:
            raise CodeRefused(str(error)) from None

    def _look(self) -> LookAnswer:
        public = self._keys.public
        return self._channel.call(
            LookAnswer,
            "POST",
            "/v1/enrolments/look",
            LookRequest(
                code_id=self._code.code_id,
                token=self._code.token(),
                device_id=public.device_id,
                signing_key=public.signing_key,
            ),
        )

    def redeem(self, seen: LookAnswer, agency: AgencyKeys | None = None) -> Enrolled:
        """Bind this device's keys to the code and return what it gives.

        Args:
            seen: What `look` returned.
            agency: With a first code the new keys of the agency; with a recovery code those that
                its words give. None with a code of a manager.

        Raises:
            CodeRefused: It is used by another device, or the words belong to another agency.
            Offline: The centre cannot be reached; repeat with the same keys.
        """
        public, now_ms = self._keys.public, int(self._channel.server_now() * 1000)
        founding: Founding | None = None
        if seen.kind == FIRST:
            if agency is None:
                raise ValueError("a first code founds the agency's keys")
            founding = self._founding(seen, agency, now_ms)
        answer = self._channel.call(
            RedeemAnswer,
            "POST",
            "/v1/enrolments/redeem",
            RedeemRequest(
                code_id=self._code.code_id,
                token=self._code.token(),
                device_id=public.device_id,
                signing_key=public.signing_key,
                sealing_key=public.sealing_key,
                binding=bind_device(
                    self._code.holder_key(), seen.agency_id, self._code.code_id, public, now_ms
                ),
                founding=founding,
            ),
        )
        blob = self._open(answer.blob, answer.agency_id)
        if seen.kind == RECOVERY_CODE:
            if agency is None:
                raise ValueError("a recovery code needs the recovery words")
            return self._recover(answer, blob, agency, now_ms)
        if founding is not None and agency is not None:
            agency_key, recovery_key = founding.signing_key, founding.recovery_key
            seed: bytes | None = agency.signing_seed
        elif blob.signing_key is not None and blob.recovery_key is not None:
            agency_key, recovery_key, seed = blob.signing_key, blob.recovery_key, blob.signing_seed
        else:
            raise ContradictoryAnswer("The enrolment package lacks the agency's keys.")
        identity = self._identity(answer, blob, agency_key, recovery_key, seed)
        return self._enrolled(answer, identity, blob.case_keys)

    def _founding(self, seen: LookAnswer, agency: AgencyKeys, now_ms: int) -> Founding:
        return Founding(
            signing_key=agency.signing.public_key().public_bytes_raw(),
            recovery_key=agency.recovery_public,
            sealed_signing_seed=seal_secret(
                agency.signing_seed,
                agency.recovery_public,
                AGENCY_SEED_PURPOSE,
                id_bytes(seen.agency_id),
            ),
            certificate=certify_device(
                agency.signing,
                seen.agency_id,
                seen.staff_id,
                Role.DATA_MANAGER,
                self._keys.public,
                now_ms,
            ),
        )

    def _recover(
        self, answer: RedeemAnswer, blob: EnrolmentBlob, agency: AgencyKeys, now_ms: int
    ) -> Enrolled:
        """Certify this device with the agency's key that the recovery words open.

        Anybody can seal a key to the recovery key, the centre's operator too. So what comes back
        must be what the words themselves give: a key of the operator's would certify devices.
        """
        recovery = X25519PrivateKey.from_private_bytes(agency.recovery_seed)
        if answer.sealed_signing_seed is None or answer.recovery_key is None:
            raise ContradictoryAnswer("The recovery package is not whole.")
        try:
            seed = open_secret(
                answer.sealed_signing_seed,
                recovery,
                AGENCY_SEED_PURPOSE,
                id_bytes(answer.agency_id),
            )
        except ProtocolError:
            raise _wrong_words() from None
        if (seed, answer.recovery_key) != (agency.signing_seed, agency.recovery_public):
            raise _wrong_words()
        signing = Ed25519PrivateKey.from_private_bytes(seed)
        agency_key = signing.public_key().public_bytes_raw()
        identity = self._identity(answer, blob, agency_key, answer.recovery_key, seed)
        channel = Channel.of(
            identity,
            self._transport,
            clock=self._clock,
            offset_seconds=self._channel.offset_seconds,
        )
        certificate = certify_device(
            signing,
            answer.agency_id,
            answer.staff_id,
            Role.DATA_MANAGER,
            self._keys.public,
            now_ms,
        )
        channel.call(
            DeviceEntry,
            "PUT",
            f"/v1/devices/{self._keys.device_id}/certificate",
            CertificateRequest(certificate=certificate),
        )
        return self._enrolled(answer, identity, tuple(recovered_keys(channel, identity, recovery)))

    def _identity(
        self,
        answer: RedeemAnswer,
        blob: EnrolmentBlob,
        agency_key: bytes,
        recovery_key: bytes,
        seed: bytes | None,
    ) -> Identity:
        word = self._certified(blob)
        role = Role.DATA_MANAGER if word is None else word.role
        return Identity(
            centre_url=self._url,
            agency_id=answer.agency_id,
            staff_id=answer.staff_id if word is None else word.staff_id,
            role=role,
            team_id=None if word is None else word.team_id,
            as_of=0 if word is None else word.as_of,
            device_id=self._keys.device_id,
            signing_seed=self._keys.signing_seed,
            sealing_seed=self._keys.sealing_seed,
            server_key=blob.server_key,
            agency_key=agency_key,
            recovery_key=recovery_key,
            agency_seed=seed if role is Role.DATA_MANAGER else None,
        )

    def _enrolled(
        self, answer: RedeemAnswer, identity: Identity, case_keys: tuple[CaseKey, ...]
    ) -> Enrolled:
        return Enrolled(
            identity, answer.generation, answer.lease_days, case_keys, answer.server_time
        )

    def _open(self, sealed: bytes, agency_id: str) -> EnrolmentBlob:
        try:
            blob = open_blob(sealed, self._code)
        except ProtocolError as error:
            raise CodeRefused(str(error)) from None
        if blob.agency_id != agency_id:
            raise ContradictoryAnswer("The enrolment package belongs to another agency.")
        return blob

    def _server_key(self, answer: RawAnswer) -> Ed25519PublicKey:
        """Find the key that must have signed this answer: it is in the blob that it brings."""
        if self._blob is not None:
            return Ed25519PublicKey.from_public_bytes(self._blob.server_key)
        lowered = {name.lower(): value for name, value in answer.headers.items()}
        try:
            body = inflate(answer.body, lowered.get("content-encoding"))
            if answer.status >= 400:
                problem = Problem.model_validate_json(body)
                # Nothing can be proved yet; all that is done is to say so.
                if problem.code is not Code.CLOCK_SKEW or problem.server_time is None:
                    raise CodeRefused(_words_of(problem.code), code=problem.code.value)
                self._channel.offset_seconds = problem.server_time / 1000 - self._clock()
                raise CodeRefused("This device's clock is wrong.", code=problem.code.value)
            blob = open_blob(LookAnswer.model_validate_json(body).blob, self._code)
        except (ProtocolError, ValidationError):
            raise NotTheCentre(
                "Something answered, but not the centre: check its address, and whether this "
                "network wants you to sign in first."
            ) from None
        return Ed25519PublicKey.from_public_bytes(blob.server_key)


_WORDS = {
    Code.CODE_INVALID: "The centre does not know this code, or it is over. Ask for another.",
    Code.CODE_USED: "This code was used by another device. Ask for another.",
    Code.RATE_LIMITED: "Too many tries from this network. Wait a while, then try again.",
    Code.BUSY: "The centre is busy. Try again in a minute.",
    Code.PROTOCOL_UNSUPPORTED: "The centre speaks another version. Update the app.",
}


def _words_of(code: Code) -> str:
    """Return this app's own words for a refusal: anybody may have answered, with any text."""
    return _WORDS.get(code, "The code was refused. Check it and the centre's address.")


def _wrong_words() -> CodeRefused:
    return CodeRefused(
        "These recovery words belong to another agency, or were replaced by newer ones.",
        code="wrong_recovery_words",
    )


def recovered_keys(
    channel: Channel, identity: Identity, recovery: X25519PrivateKey
) -> list[CaseKey]:
    """Return every case key of the agency, opened with the recovery key.

    A key whose sealer cannot be verified, or that does not open, is left out.
    """
    from sync.client.authors import know_device

    directory = channel.call(DeviceList, "GET", "/v1/devices")
    sealers = {
        entry.device_id: known
        for entry in directory.devices
        if (known := know_device(entry, identity.agency_id, identity.agency_key)) is not None
    }
    found: list[CaseKey] = []
    after, more = "", True
    while more:
        page = channel.call(
            KeyList, "GET", "/v1/keys/recovery", query=f"after={after}" if after else ""
        )
        for sealed in page.keys:
            sealer = sealers.get(sealed.sealer)
            if sealer is None or sealed.recipient != RECOVERY:
                continue
            try:
                found.append(
                    open_case_key(
                        identity.agency_id,
                        sealed,
                        recovery,
                        Ed25519PublicKey.from_public_bytes(sealer.signing_key),
                    )
                )
            except ProtocolError:
                continue
        more = page.more and bool(page.keys)
        after = str(page.keys[-1].seq) if page.keys else ""
    return found
