"""Recovery words: read back as people write them, and slips are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.errors import InputError
from field_app.store.recovery_words import (
    ENTROPY_BYTES,
    new_entropy,
    parse,
    word_list,
    words_of,
)

ENTROPY = bytes(range(20))


@given(st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES))
def test_words_read_back_are_the_entropy(entropy: bytes) -> None:
    assert parse(" ".join(words_of(entropy))) == entropy


def test_no_two_words_of_the_list_can_be_taken_for_each_other() -> None:
    words = word_list()

    assert len(set(words)) == 2048
    assert list(words) == sorted(words)
    assert len({word[:4] for word in words}) == 2048
    assert all(4 <= len(word) <= 8 and word.isascii() and word.islower() for word in words)
    gaps = [word[:i] + "." + word[i + 1 :] for word in words for i in range(len(word))]
    assert len(set(gaps)) == len(gaps), "two words differ in one letter only"


@pytest.mark.parametrize(
    "written",
    [
        lambda words: " ".join(words).upper(),
        lambda words: ", ".join(words),
        lambda words: "\n".join(f"{i}. {word}" for i, word in enumerate(words, 1)),
        lambda words: "\t".join(f"{i}){word.title()};" for i, word in enumerate(words, 1)),
        lambda words: " ".join(word[:4] for word in words),
        lambda words: "  " + " ".join(words) + " \n",
    ],
)
def test_case_commas_numbers_and_short_forms_do_not_matter(written: object) -> None:
    assert parse(written(words_of(ENTROPY))) == ENTROPY  # type: ignore[operator]


def test_a_wrong_word_is_named_by_its_place() -> None:
    words = [*words_of(ENTROPY)]
    words[6] = "xylophone"

    with pytest.raises(InputError, match="Word 7"):
        parse(" ".join(words))


def test_a_word_that_only_begins_alike_is_wrong() -> None:
    words = [*words_of(ENTROPY)]
    words[2] = words[2][:4] + "zzz"

    with pytest.raises(InputError, match="Word 3"):
        parse(" ".join(words))


def test_a_missing_word_and_mixed_up_words_are_said() -> None:
    words = [*words_of(ENTROPY)]

    with pytest.raises(InputError, match="15 words"):
        parse(" ".join(words[1:]))
    words[0], words[1] = words[1], words[0]
    with pytest.raises(InputError, match="order"):
        parse(" ".join(words))


def test_new_entropy_is_never_the_same() -> None:
    assert len({new_entropy() for _ in range(100)}) == 100
