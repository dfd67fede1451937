"""The strength meter: length helps, what guessers try first does not."""

import pytest

from field_app.errors import InputError
from field_app.store.passphrase import rate, require_strong


@pytest.mark.parametrize(
    ("passphrase", "hint"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("password", "common"),
        ("P4ssw0rd!", "common"),
        ("correct horse battery staple", "common"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "repeat"),
        ("lemonlemonlemonlemonlemon", "repeat"),
        ("abcdefghijklmnopqrstuvwxyz", "sequence"),
        ("zyxwvutsrqponm", "sequence"),
        ("qwertyuiop asdfghjkl", "keyboard"),
        ("2001-03-15", "date"),
        ("lemon harbor", "add_words"),
        ("Tr0ub4", "add_words"),
        ("482913", "pin_needs_keystore"),
        ("48291377420518", "pin_needs_keystore"),
    ],
)
def test_a_weak_passphrase_is_refused_with_what_would_help(passphrase: str, hint: str) -> None:
    strength = rate(passphrase, has_keystore=False)

    assert (strength.hint, strength.accepted) == (hint, False)
    with pytest.raises(InputError) as refused:
        require_strong(passphrase, has_keystore=False)
    assert refused.value.code == f"passphrase_{hint}"


@pytest.mark.parametrize(
    "passphrase",
    [
        "lemon harbor tuesday violin",
        "mi casa tiene cuatro ventanas verdes",
        "my dog has blue shoes and barks",
        "x7$kQ2!mZp9w",
        "LemonHarborTuesdayViolin",
        "дом на краю синего леса",
    ],
)
def test_four_words_or_a_drawn_password_are_accepted_everywhere(passphrase: str) -> None:
    assert rate(passphrase, has_keystore=False).accepted
    assert rate(passphrase, has_keystore=True).accepted


@pytest.mark.parametrize(
    ("pin", "hint"),
    [
        ("482913", "good"),
        ("4829", "pin_short"),
        ("123456", "common"),
        ("111111", "repeat"),
        ("234567", "sequence"),
        ("150301", "date"),
        ("121212", "repeat"),
    ],
)
def test_with_a_keystore_six_digits_do_unless_they_are_guessed_first(pin: str, hint: str) -> None:
    strength = rate(pin, has_keystore=True)

    assert (strength.hint, strength.accepted) == (hint, hint == "good")


def test_every_further_word_counts() -> None:
    words = ["lemon", "harbor", "tuesday", "violin", "gravel"]
    bits = [rate(" ".join(words[: n + 1]), has_keystore=False).bits for n in range(5)]
    scores = [rate(" ".join(words[: n + 1]), has_keystore=False).score for n in range(5)]

    assert bits == sorted(set(bits))
    assert scores == [0, 1, 2, 3, 4]


def test_a_very_long_passphrase_is_rated_at_once() -> None:
    assert rate("lemon harbor " * 5_000, has_keystore=False).bits < 40
