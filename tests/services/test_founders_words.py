"""The agency's recovery words: on its founder's device until somebody has them on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.errors import LockedError
from tests.services.app_devices import PASSPHRASE, AppDevice
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def founder(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    device = AppDevice(tmp_path / "founder", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    yield device
    device.session.lock()


def test_the_agency_s_words_outlive_a_lock_until_they_are_on_paper(founder: AppDevice) -> None:
    assert founder.enrolment.unwritten_words() is None
    words = founder.enrolment.enrol().recovery_words
    assert words is not None

    founder.session.lock()
    with pytest.raises(LockedError):
        founder.enrolment.unwritten_words()
    founder.session.unlock(PASSPHRASE)
    assert founder.enrolment.unwritten_words() == words
    assert founder.app.sync.sync_now().trouble is None
    assert founder.enrolment.unwritten_words() == words

    founder.enrolment.confirm_words()
    assert founder.enrolment.unwritten_words() is None
    founder.session.lock()
    founder.session.unlock(PASSPHRASE)
    assert founder.enrolment.unwritten_words() is None


def test_the_agency_s_words_are_kept_with_the_enrolment_should_the_device_die_right_after(
    founder: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(founder.session, "enter_again", die)
    with pytest.raises(KeyboardInterrupt):
        founder.enrolment.enrol()
    monkeypatch.undo()
    founder.session.lock()
    founder.session.unlock(PASSPHRASE)

    assert founder.app.sync.is_enrolled
    words = founder.enrolment.unwritten_words()
    assert words is not None
    assert len(words) > 0
