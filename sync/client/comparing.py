"""Old cases, compared with the centre by digest; one that differs is read anew."""

from sync.client.authors import Opener
from sync.client.channel import Channel
from sync.client.errors import CentreRefused
from sync.client.pages import apply_keys
from sync.client.receiving import Receiver
from sync.client.replica import MergeRules, Replica, Transaction
from sync.client.reports import RunReport
from sync.client.standing import queue_what_is_lacking
from sync.protocol.digest import case_digest
from sync.protocol.errors import Code
from sync.protocol.management import CasePage
from sync.protocol.push import CaseDigest

CASE_READ_AGAIN = "case_read_again"


def differing_cases(tx: Transaction, digests: tuple[CaseDigest, ...]) -> list[str]:
    """Return the cases whose digest differs from the centre's, where the two can be compared."""
    found: list[str] = []
    if not digests:
        return found
    on_the_way = {frozen.change.case_id for frozen in tx.sent()}
    leaving = tx.leaving()
    for theirs in digests:
        case_id = theirs.case_id
        if case_id in on_the_way or case_id in leaving:
            continue
        if tx.open_in_case(case_id) or tx.held_of_case(case_id):
            continue
        rows = tx.digest_rows(case_id)
        if rows and case_digest(rows) != theirs.digest:
            found.append(case_id)
    return found


def read_case(
    replica: Replica,
    rules: MergeRules,
    channel: Channel,
    case_id: str,
    page_limit: int,
    report: RunReport,
) -> None:
    """Read one case anew, page by page, and queue what the centre turns out to lack of it.

    Raises:
        SyncFailure: The centre could not be asked; what was read stays, the rest is in doubt.
    """
    with replica.transaction() as tx:
        tx.doubt_bases(case_id)
        tx.note_problem(CASE_READ_AGAIN, case_id)
    after, more = "", True
    while more:
        query = f"after={after}&limit={page_limit}" if after else f"limit={page_limit}"
        try:
            page = channel.call(CasePage, "GET", f"/v1/cases/{case_id}/records", query=query)
        except CentreRefused as error:
            if error.problem.code in (Code.NOT_FOUND, Code.FORBIDDEN):
                return  # access ended meanwhile; the feed will say so
            raise
        more = page.more and bool(page.records)
        with replica.transaction() as tx:
            identity, generation = tx.identity(), tx.position().generation
            apply_keys(tx, identity, page.keys)
            opener = Opener(tx, identity.agency_id, page.runs)
            receiver = Receiver(tx, opener, rules, identity.device_id, generation)
            receiver.receive(page.records)
            if not more and queue_what_is_lacking(tx, case_id):
                tx.hand_in_files_again()  # a restored centre: it may lack files as well
        report.add(receiver)
        report.touched.add(case_id)
        after = page.records[-1].record_id if page.records else ""
