"""Pictures beside the records: what fails with one of them holds nothing else back."""

import io

from PIL import Image

from field_app.services.intake import new_participant
from sync.client.transport import RawAnswer
from tests.services.app_devices import AppDevice
from tests.sync.simulator import SimCentre


def take_photo(device: AppDevice) -> None:
    case = device.save(new_participant(alias="A."))
    kept = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).save(kept, "JPEG")
    device.app.attachments.add(case.case_id, kept.getvalue())


def test_what_follows_from_a_sync_is_done_when_a_picture_fails(manager: AppDevice) -> None:
    take_photo(manager)
    done: list[str] = []
    manager.app.sync.after_run.append(lambda: done.append("followed"))
    honest = manager.wire.send

    def send(method: str, *request: object) -> RawAnswer:
        if method == "PUT":
            manager.wire.fault = "request_lost"
        return honest(method, *request)  # type: ignore[arg-type]

    manager.wire.send = send  # type: ignore[method-assign, assignment]
    state = manager.app.sync.sync_now()

    assert done == ["followed"]
    assert (state.trouble, state.waiting, state.files_waiting) == ("offline", 0, 1)


def test_pictures_that_the_settings_hold_are_told_apart_from_those_on_their_way(
    manager: AppDevice,
) -> None:
    manager.may_upload = False
    take_photo(manager)

    held = manager.app.sync.sync_now()
    manager.may_upload = True
    gone = manager.app.sync.sync_now()

    assert (held.waiting, held.files_waiting, held.files_held) == (0, 1, True)
    assert (gone.files_waiting, gone.files_held) == (0, False)


def test_pictures_that_the_centre_did_not_take_are_counted_and_can_be_tried_again(
    centre: SimCentre, manager: AppDevice
) -> None:
    take_photo(manager)
    most, centre.parts.attachments.most_chunks = centre.parts.attachments.most_chunks, 0
    assert manager.app.sync.sync_now().files_refused == 1
    centre.parts.attachments.most_chunks = most
    assert manager.app.sync.sync_now().files_refused == 1

    manager.app.sync.outbox.hand_in_pictures_again()

    state = manager.app.sync.sync_now()
    assert (state.files_refused, state.files_waiting) == (0, 0)
