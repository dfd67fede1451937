"""Why a sync did not come about, as its caller tells them apart. None of them loses work."""

from sync.protocol.errors import Problem


class SyncFailure(Exception):
    """A round did not come about; everything stays on the device, queued.

    Attributes:
        code: A stable word; the key of its translation.
    """

    code = "failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class Offline(SyncFailure):
    """Nobody answered: no network, no name, no connection, or a line too slow.

    Attributes:
        never_left: No connection came about, so that the centre cannot have done what was asked.
    """

    code = "offline"

    def __init__(self, message: str, *, code: str | None = None, never_left: bool = False) -> None:
        super().__init__(message, code=code)
        self.never_left = never_left


class NotTheCentre(Offline):
    """Somebody answered, but not the centre: a hotel's sign-in page, a proxy, a stranger.

    Nothing of such an answer is acted on, so for the work it is the same as no network.
    """

    code = "not_the_centre"


class RetryLater(SyncFailure):
    """The centre asks to wait. `seconds` is how long."""

    code = "busy"

    def __init__(self, message: str, *, seconds: int, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.seconds = seconds


class CentreRefused(SyncFailure):
    """The centre itself, by its signature, says no. `problem` has its stable code."""

    code = "refused"

    def __init__(self, problem: Problem) -> None:
        # The code alone: what a person reads is this app's own text, never the centre's.
        super().__init__(f"The centre refused: {problem.code.value}.", code=problem.code.value)
        self.problem = problem


class ContradictoryAnswer(SyncFailure):
    """The centre signed something that cannot be: a receipt that does not fit, a bomb, a step back.

    Nothing of the answer was applied.
    """

    code = "contradiction"


class Stopped(SyncFailure):
    """The person, or the lock, interrupted between two pages; what was done stays done."""

    code = "stopped"
