"""The short way from a row to the text that travels says what the long way says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.domain.records.codec import to_json
from field_app.domain.records.kinds import KINDS
from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.replica.store import StoreTransaction
from tests.record_strategies import records as any_records

NOW = datetime(2026, 3, 10, 19, tzinfo=UTC)


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("texts")
    with Database.create(folder / "store", bytes(32), SCHEMA) as database:
        yield database


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None, phases=[HypothesisPhase.generate])
@given(data=st.data())
def test_the_text_of_a_row_is_that_of_its_record(
    shared: Database, kind: str, data: st.DataObject
) -> None:
    record = data.draw(any_records(KINDS[kind]))

    with shared.work(write=False) as work:  # rolled back at its end
        tx = StoreTransaction(work, NOW)
        tx.write([record])
        found = tx.current([record.record_id, "of no record"])

    assert list(found) == [record.record_id]
    assert json.dumps(found[record.record_id]) == json.dumps(to_json(record))
