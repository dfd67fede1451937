"""What nobody foresaw ends in one sentence without details; Ctrl-C says what is safe."""

import os
import sys
from types import SimpleNamespace

import pytest

from field_app import __main__ as command_line
from field_app.commands.secrets_in import LONGEST_BYTES, Secrets
from field_app.errors import InputError


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def handler(_args: object) -> int:
        raise error

    monkeypatch.setattr("field_app.commands.verify.run", handler)


def test_an_unforeseen_error_shows_its_type_and_nothing_of_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails_with(monkeypatch, ValueError("note of Ana Secret-Name"))

    assert command_line.main(["verify"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "ValueError" in said.err
    assert "Secret-Name" not in said.err
    assert len(said.err.splitlines()) == 1


def test_ctrl_c_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails_with(monkeypatch, KeyboardInterrupt())

    assert command_line.main(["verify"]) == 130

    assert "safe" in capsys.readouterr().err


def test_a_persons_error_ends_with_2_and_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails_with(monkeypatch, InputError("It is wrong. Correct it.", field="note", line=3))

    assert command_line.main(["verify"]) == 2

    assert capsys.readouterr().err == "field-app: line 3, note: It is wrong. Correct it.\n"


def secrets_of(content: bytes) -> Secrets:
    read_end, write_end = os.pipe()
    os.write(write_end, content)
    os.close(write_end)
    return Secrets(read_end)


def test_secrets_come_a_line_each_and_may_hold_blanks_and_accents() -> None:
    secrets = secrets_of("  año nuevo \r\n\nlast".encode())

    assert [secrets.ask("x") for _ in range(3)] == ["  año nuevo ", "", "last"]
    with pytest.raises(InputError, match="no passphrase to read"):
        secrets.ask("x")


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"x" * (LONGEST_BYTES + 1)])
def test_a_secret_that_is_no_text_or_too_long_is_refused(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        secrets_of(content).ask("x")

    assert "xxx" not in str(caught.value)


def test_a_new_secret_is_typed_twice_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["one", "one", "one", "another"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))

    assert Secrets(None).ask_new("New") == "one"
    with pytest.raises(InputError, match="do not match"):
        Secrets(None).ask_new("New")
