"""Releases, what was shared, the talk about confidentiality; the hand-over page."""

from pathlib import Path

from field_app.domain.records.hand_over import HandOverLine, HandOverSection
from field_app.domain.records.participant import Participant
from field_app.domain.records.release import DataClass
from field_app.services.releases import ReleaseEntry
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.test_plans import desk_at_plans


def sign(workspace: Workspace, youth: Participant, recipient: str = "Ms. Lee") -> None:
    workspace.releases.sign(
        ReleaseEntry(
            case_id=youth.case_id,
            recipient=recipient,
            purpose="school",
            data_classes=(DataClass.HAND_OVER, DataClass.ATTENDANCE),
            signer_is_not_abuser=True,
            youth_agrees=True,
            initials="M",
        )
    )


async def test_a_release_is_signed_only_when_everything_it_needs_is_there(
    opened: Windows, tmp_path: Path
):
    """X-02, X-04: one recipient, purpose, data, both confirmations, a mark; it ends by itself."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("releases")
    await window.until(lambda: window.shows("No release yet"))
    await window.tap("add-release")

    async def refused(words: str) -> None:
        await window.tap("release-save")
        await window.until(lambda: window.shows(words))

    await refused("Write a few words")
    await window.enter("release-recipient", "Ms. Lee & Mr. Ray")
    await refused("One release is for one recipient")
    await window.enter("release-recipient", "Ms. Lee")
    await window.enter("release-purpose", "a place at school")
    await refused("Choose what may be shared")
    await window.tap("release-class-attendance")
    await window.tap("release-class-placement")
    await window.tap("release-class-placement")
    await refused("Confirm that whoever signs")
    await window.tap("release-confirm-signer_is_not_abuser")
    await refused("own agreement is always needed")
    await window.tap("release-confirm-youth_agrees")
    await refused("Type initials")
    await window.enter("release-initials", "M.R.")
    await window.tap("release-save")

    await window.until(lambda: window.shows("in force until Dec 20, 2026"))
    (release,) = desk.workspace.releases.of_case(youth.case_id)
    assert release.data_classes == (DataClass.ATTENDANCE,)
    assert desk.forms() == []


async def test_a_release_is_taken_back_after_one_question(opened: Windows, tmp_path: Path):
    desk, youth = await desk_at_plans(opened, tmp_path, sign)
    (release,) = desk.workspace.releases.of_case(youth.case_id)
    await desk.window.tap("releases")
    await desk.window.until(lambda: desk.window.has(f"revoke-{release.record_id}"))

    await desk.window.tap(f"revoke-{release.record_id}")
    await desk.window.tap("confirm-no")
    assert desk.workspace.releases.of_case(youth.case_id)[0].revoked_on is None
    await desk.window.tap(f"revoke-{release.record_id}")
    await desk.window.tap("confirm-yes")

    await desk.window.until(lambda: desk.window.shows("taken back Nov 20, 2026"))
    assert not desk.window.has(f"revoke-{release.record_id}")


async def test_what_was_shared_is_logged_under_a_release_or_with_its_basis(
    opened: Windows, tmp_path: Path
):
    """DAT-33."""
    desk, youth = await desk_at_plans(opened, tmp_path, sign)
    window = desk.window
    await window.tap("releases")
    await window.until(lambda: window.has("fold-told"))
    await window.tap("fold-told")
    await window.tap("disclose")
    await window.enter("release-recipient", "Judge K.")
    await window.tap("disclosure-save")
    await window.until(lambda: window.shows("Choose what may be shared"))
    await window.tap("release-class-attendance")
    await window.tap("disclosure-save")
    await window.until(lambda: window.shows("No release is in force"))
    await window.tap("basis-court_order")
    await window.tap("disclosure-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("release-basis_note", "order of Nov 2")
    await window.tap("disclosure-save")

    await window.until(lambda: window.shows("Judge K. · Dates of services"))
    assert len(desk.workspace.releases.disclosures(youth.case_id)) == 1


async def test_the_talk_about_confidentiality_is_logged(opened: Windows, tmp_path: Path):
    """X-01."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    await desk.window.tap("releases")
    await desk.window.until(lambda: desk.window.has("talk"))
    assert desk.window.shows("Not talked about yet")

    await desk.window.tap("talk")
    await desk.window.tap("explained-in-es")
    await desk.window.tap("understood-yes")
    await desk.window.tap("talk-save")

    await desk.window.until(lambda: desk.window.shows("Talked about on Nov 20, 2026"))
    (talk,) = desk.workspace.releases.confidentiality_talks(youth.case_id)
    assert (talk.language, talk.understood) == ("es", True)


# --- the hand-over page -----------------------------------------------------------------------


def with_page(workspace: Workspace, youth: Participant) -> None:
    workspace.hand_over.put_line(
        youth.case_id, HandOverLine(section=HandOverSection.GOOD_AT, words="drawing")
    )


async def test_a_line_of_the_page_is_written_changed_and_taken_out(opened: Windows, tmp_path: Path):
    """DAT-02, PRA-15."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("hand-over")
    await window.until(lambda: window.has("section-what_helps-add"))
    await window.tap("section-what_helps-add")
    await window.tap("line-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("line-words", "text before you come")
    await window.tap("line-save")
    await window.until(lambda: window.shows("text before you come"))
    assert window.shows("In the youth's own words")
    page = desk.workspace.hand_over.page(youth.case_id)
    assert page is not None
    line = page.lines[0]

    await window.tap(f"line-{line.item_id}")
    await window.tap("line-by-staff")
    await window.tap("line-save")
    await window.until(lambda: not window.shows("In the youth's own words"))
    await window.tap(f"line-{line.item_id}")
    await window.tap("line-remove")
    await window.until(lambda: not window.shows("text before you come"))
    await window.tap("notice-undo")
    await window.until(lambda: window.shows("text before you come"))


async def test_a_topic_told_already_is_on_a_list_of_its_own(opened: Windows, tmp_path: Path):
    desk, youth = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("hand-over")
    await window.until(lambda: window.has("told-add"))
    await window.tap("told-add")
    await window.enter("told-topic", "how I left home")
    await window.enter("told-to", "detective")
    await window.tap("told-save")
    await window.until(lambda: window.shows("to detective, Nov 20, 2026"))
    (told,) = desk.workspace.hand_over.already_told(youth.case_id)
    assert told.do_not_ask

    await window.tap(f"told-{told.record_id}-remove")
    await window.until(lambda: not window.shows("how I left home"))
    await window.tap("notice-undo")
    await window.until(lambda: window.shows("how I left home"))


async def test_the_page_says_whether_the_youth_has_read_it(opened: Windows, tmp_path: Path):
    desk, _ = await desk_at_plans(opened, tmp_path, with_page)
    await desk.window.tap("hand-over")
    await desk.window.until(lambda: desk.window.shows("has not read it yet"))

    await desk.window.tap("youth-saw")

    await desk.window.until(lambda: desk.window.shows("The youth read it on Nov 20, 2026"))
    assert not desk.window.has("youth-saw")


async def test_the_page_is_printed_for_the_youth_and_for_others_under_a_release(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_at_plans(opened, tmp_path, with_page)
    window = desk.window
    await window.tap("hand-over")
    await window.until(lambda: window.has("fold-print"))
    await window.tap("fold-print")

    def prints() -> int:
        return len([1 for name, _ in window.connection.calls if name == "save_file"])

    await window.tap("print-recipient")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("print-name", "Ms. Lee")
    await window.tap("print-recipient")
    await window.until(lambda: window.shows("No release is in force"))
    assert prints() == 0
    sign(desk.workspace, youth)
    await window.tap("print-recipient")
    await window.until(lambda: prints() == 1)
    await window.tap("print-own")
    await window.until(lambda: prints() == 2)
