"""Whatever is changed in the folder is noticed and said, and opening deletes nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from field_app.errors import StoreDamagedError, StoreError, StoreNewerError
from field_app.store import Anchor, Database
from field_app.store.keyfile import KeyFile
from field_app.store.keyring import Keyring
from field_app.store.log_reader import LogReader
from field_app.store.sealed_log import LOG_NAME
from tests.store.memory_keystore import MemoryKeystore
from tests.store.notebook import (
    CHEAP,
    KEY,
    PASSPHRASE,
    SCHEMA,
    Note,
    a_notebook,
    open_notebook,
    texts_of,
)

TEXTS = ["first", "second", "third"]


def the_head(folder: Path) -> Path:
    (head,) = folder.glob("data.log.head-*")
    return head


def frame_borders(log: bytes) -> list[int]:
    """Return where the frames begin, and where the last one ends."""
    borders = [56]
    while borders[-1] < len(log):
        borders.append(borders[-1] + 8 + int.from_bytes(log[borders[-1] : borders[-1] + 4]))
    return borders


def said(folder: Path, **options: object) -> tuple[str, list[str]]:
    """Open the folder for reading. Return what is said about it, and the texts that are read."""
    try:
        with open_notebook(folder, read_only=True, **options) as database:
            return " ".join(notice.code for notice in database.notices), texts_of(database)
    except StoreError as error:
        return error.code, []


def flips(data: bytes) -> Iterator[bytes]:
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def judged(folder: Path) -> tuple[str, list[bytes]]:
    """Read the log alone, which is fast. Return what is said about it, and its frames."""
    try:
        reader = LogReader(folder / LOG_NAME, KEY)
        try:
            payloads = list(reader.payloads())
            reader.finish()
        finally:
            reader.close()
    except StoreError as error:
        return error.code, []
    return " ".join(notice.code for notice in reader.notices), payloads


def test_every_flipped_bit_of_log_and_head_is_said(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS[:1]).close()
    _, payloads = judged(tmp_path)

    for path in (tmp_path / LOG_NAME, the_head(tmp_path)):
        whole = path.read_bytes()
        for place, changed in enumerate(flips(whole)):
            path.write_bytes(changed)
            finding, read = judged(tmp_path)
            assert finding, f"bit {place} of {path.name}"
            assert read in ([], payloads), f"bit {place} of {path.name}"
            if place % 331 == 0:  # the same through the front door
                assert said(tmp_path)[0] == finding
        path.write_bytes(whole)
    assert said(tmp_path) == ("", TEXTS[:1])


def refusal_of(keyfile: bytes) -> str:
    try:
        KeyFile.from_bytes(keyfile)
    except StoreError as error:
        return error.code
    return ""


def test_every_flipped_bit_of_the_key_file_is_said(tmp_path: Path) -> None:
    keyring, _, _ = Keyring.create(tmp_path, PASSPHRASE, keystore=MemoryKeystore(), kdf=CHEAP)
    keyring.add_agency_slot(keyring.unlock(PASSPHRASE), bytes(range(32)))
    whole = (tmp_path / "keyfile.json").read_bytes()
    assert KeyFile.from_bytes(whole).to_bytes() == whole

    for place, changed in enumerate(flips(whole)):
        assert refusal_of(changed) in {"keyfile_damaged", "store_newer"}, f"bit {place}"


def test_every_length_that_the_log_is_cut_to_is_said(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS).close()
    log = tmp_path / LOG_NAME
    whole = log.read_bytes()

    for length in range(len(whole)):
        log.write_bytes(whole[:length])
        assert judged(tmp_path) == ("log_damaged", []), length


def swap_frames(folder: Path) -> None:
    log = folder / LOG_NAME
    data = log.read_bytes()
    _, one, two, three, *_ = frame_borders(data)
    log.write_bytes(data[:one] + data[two:three] + data[one:two] + data[three:])


def remove_a_middle_frame(folder: Path) -> None:
    log = folder / LOG_NAME
    data = log.read_bytes()
    _, one, two, *_ = frame_borders(data)
    log.write_bytes(data[:one] + data[two:])


def remove_the_last_frame(folder: Path) -> None:
    log = folder / LOG_NAME
    data = log.read_bytes()
    log.write_bytes(data[: frame_borders(data)[-2]])


def repeat_a_frame_at_its_place(folder: Path) -> None:
    log = folder / LOG_NAME
    data = log.read_bytes()
    _, one, two, *_ = frame_borders(data)
    log.write_bytes(data[:two] + data[one:two] + data[two:])


def repeat_the_last_frame(folder: Path) -> None:
    log = folder / LOG_NAME
    data = log.read_bytes()
    log.write_bytes(data + data[frame_borders(data)[-2] :])


def append_garbage(folder: Path) -> None:
    with (folder / LOG_NAME).open("ab") as file:
        file.write(b"garbage " * 40)


def remove_the_log(folder: Path) -> None:
    (folder / LOG_NAME).unlink()


def remove_the_head(folder: Path) -> None:
    the_head(folder).unlink()


def empty_the_head(folder: Path) -> None:
    the_head(folder).write_bytes(b"")


def swap_the_head_slots(folder: Path) -> None:
    data = the_head(folder).read_bytes()
    the_head(folder).write_bytes(data[56:] + data[:56])


def take_another_stores_log(folder: Path) -> None:
    other = folder.parent / "other"
    a_notebook(other, ["foreign"]).close()
    shutil.copy(other / LOG_NAME, folder / LOG_NAME)


def take_another_stores_head(folder: Path) -> None:
    other = folder.parent / "other"
    a_notebook(other, ["foreign"]).close()
    shutil.copy(the_head(other), the_head(folder))


def put_the_log_of_before_a_compaction_back(folder: Path) -> None:
    before = (folder / LOG_NAME).read_bytes()
    with open_notebook(folder) as database:
        database.compact()
    (folder / LOG_NAME).write_bytes(before)


def put_an_older_log_back(folder: Path) -> None:
    before = (folder / LOG_NAME).read_bytes()
    with open_notebook(folder) as database, database.transaction() as session:
        session.add(Note(record_id="later"))
    (folder / LOG_NAME).write_bytes(before)


ATTACKS = [
    swap_frames,
    remove_a_middle_frame,
    remove_the_last_frame,
    repeat_a_frame_at_its_place,
    repeat_the_last_frame,
    append_garbage,
    remove_the_log,
    remove_the_head,
    empty_the_head,
    swap_the_head_slots,
    take_another_stores_log,
    take_another_stores_head,
    put_the_log_of_before_a_compaction_back,
    put_an_older_log_back,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_refused_and_opening_changes_no_byte(
    tmp_path: Path, attack: Callable[[Path], None]
) -> None:
    folder = tmp_path / "store"
    a_notebook(folder, TEXTS).close()
    attack(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    with pytest.raises(StoreDamagedError, match="Nothing was deleted"):
        open_notebook(folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("attack", "rest"),
    [
        (swap_frames, []),
        (remove_a_middle_frame, []),
        (remove_the_last_frame, TEXTS[:2]),
        (repeat_the_last_frame, TEXTS),
        (append_garbage, TEXTS),
        (remove_the_head, TEXTS),
        (empty_the_head, TEXTS),
        (put_an_older_log_back, TEXTS),
    ],
)
def test_the_verified_part_of_a_damaged_log_opens_for_reading(
    tmp_path: Path, attack: Callable[[Path], None], rest: list[str]
) -> None:
    a_notebook(tmp_path, TEXTS).close()
    attack(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with open_notebook(tmp_path, salvage=True) as database:
        assert texts_of(database) == rest
        assert database.problem is not None
        assert database.read_only

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_damaged_middle_keeps_what_lies_before_it(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS).close()
    log = tmp_path / LOG_NAME
    data = bytearray(log.read_bytes())
    data[frame_borders(bytes(data))[3] + 100] ^= 1
    log.write_bytes(data)

    report = Database.verify(tmp_path, KEY, SCHEMA)

    assert report.problem is not None
    assert not report.ok
    assert (report.frames, report.rows["note"]) == (3, 2)


def test_one_bad_half_of_the_head_is_said_once_and_then_healed(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS).close()
    head = the_head(tmp_path)
    head.write_bytes(bytes(56) + head.read_bytes()[56:])

    with open_notebook(tmp_path) as database:
        assert [notice.code for notice in database.notices] == ["head_slot"]
        assert texts_of(database) == TEXTS
    assert said(tmp_path) == ("", TEXTS)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS).close()

    with pytest.raises(StoreDamagedError):
        Database.open(tmp_path, bytes(32), SCHEMA)


def test_a_log_of_a_newer_format_asks_for_an_update(tmp_path: Path) -> None:
    a_notebook(tmp_path, TEXTS).close()
    log = tmp_path / LOG_NAME
    log.write_bytes(b"FNLOG002" + log.read_bytes()[8:])

    with pytest.raises(StoreNewerError, match="Update the app"):
        open_notebook(tmp_path)


def test_a_whole_older_copy_is_noticed_with_the_anchor_only(tmp_path: Path) -> None:
    folder, copy = tmp_path / "store", tmp_path / "copy"
    a_notebook(folder, TEXTS).close()
    shutil.copytree(folder, copy)
    with open_notebook(folder) as database:
        with database.transaction() as session:
            session.add(Note(record_id="later", text="fourth"))
        anchor = database.position

    with open_notebook(folder, anchor=Anchor.from_bytes(anchor.to_bytes())) as database:
        assert database.notices == []
    assert said(copy) == ("", TEXTS)
    assert said(copy, anchor=anchor) == ("store_rolled_back", [])
    with open_notebook(copy, anchor=anchor, salvage=True) as database:
        assert texts_of(database) == TEXTS
        assert database.problem is not None


def test_a_copy_that_went_its_own_way_is_noticed_with_the_anchor(tmp_path: Path) -> None:
    folder, copy = tmp_path / "store", tmp_path / "copy"
    a_notebook(folder, TEXTS).close()
    shutil.copytree(folder, copy)
    anchors = []
    for place in (folder, copy):
        with open_notebook(place) as database:
            for number in range(2):
                with database.transaction() as session:
                    session.add(Note(record_id=f"later-{number}", text=place.name))
                anchors.append(database.position)

    for anchor in anchors[:2]:
        assert said(folder, anchor=anchor)[0] == ""
        assert said(copy, anchor=anchor) == ("store_rolled_back", [])


def test_an_anchor_of_before_compactions_still_holds(tmp_path: Path) -> None:
    folder, copy = tmp_path / "store", tmp_path / "copy"
    a_notebook(folder, TEXTS).close()
    shutil.copytree(folder, copy)
    anchors = []
    with open_notebook(folder) as database:
        for number in range(3):
            anchors.append(database.position)
            with database.transaction() as session:
                session.add(Note(record_id=f"later-{number}"))
            anchors.append(database.position)
            database.compact()
        anchors.append(database.position)

    for anchor in anchors:
        with open_notebook(folder, anchor=anchor) as database:
            assert database.notices == []
    with open_notebook(copy) as database:
        database.compact()  # of an older state: its log is not the anchor's, nor does it end there
    for anchor in anchors[1:]:
        assert said(copy, anchor=anchor) == ("store_rolled_back", [])
