"""Tables and domain classes tell the same story, column by column."""

from dataclasses import fields

import pytest
from sqlalchemy import inspect

from field_app.domain.records.kinds import KINDS
from field_app.domain.records.record import own_fields
from field_app.store.app_schema import SCHEMA
from field_app.store.tables import TABLES


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_has_the_columns_of_its_domain_class(kind: str) -> None:
    columns = {attribute.columns[0].name for attribute in inspect(TABLES[kind]).column_attrs}

    assert columns == {field.name for field in fields(KINDS[kind])}


def test_every_kind_of_record_has_a_table_and_every_table_a_kind() -> None:
    assert set(TABLES) == set(KINDS)


def test_no_kind_has_a_field_named_kind() -> None:
    assert [kind for kind, record in KINDS.items() if "kind" in own_fields(record)] == []


def test_every_searched_table_is_a_kind_of_record() -> None:
    assert {source.table for source in SCHEMA.search} <= set(KINDS)
