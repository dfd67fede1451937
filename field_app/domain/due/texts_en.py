"""English texts of the explanation. Keys ending in `.one` and `.other` depend on a number `n`."""

from collections.abc import Mapping

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

TEXTS: Mapping[str, str] = {
    # dates and times
    "day": "{weekday}, {month} {day}",
    "day_with_year": "{weekday}, {month} {day}, {year}",
    "day_and_time": "{day}, {time}",
    "and": "and",
    "or": "or",
    # what is asked
    "asked.visit.month.one": "At least {n} face-to-face visit each calendar month.",
    "asked.visit.month.other": "At least {n} face-to-face visits each calendar month.",
    "asked.visit.bimonthly.one": "At least {n} face-to-face visit each calendar month.",
    "asked.visit.bimonthly.other": "At least {n} face-to-face visits each calendar month.",
    "asked.visit.two_months.one": "At least {n} face-to-face visit every two months.",
    "asked.visit.two_months.other": "At least {n} face-to-face visits every two months.",
    "asked.visit.week.one": "At least {n} face-to-face visit each week.",
    "asked.visit.week.other": "At least {n} face-to-face visits each week.",
    "asked.visit.day.one": "At least {n} face-to-face visit each day.",
    "asked.visit.day.other": "At least {n} face-to-face visits each day.",
    "asked.contact.month.one": "At least {n} contact each calendar month, by {channels}.",
    "asked.contact.month.other": "At least {n} contacts each calendar month, by {channels}.",
    "asked.contact.bimonthly.one": "At least {n} contact each calendar month, by {channels}.",
    "asked.contact.bimonthly.other": "At least {n} contacts each calendar month, by {channels}.",
    "asked.contact.two_months.one": "At least {n} contact every two months, by {channels}.",
    "asked.contact.two_months.other": "At least {n} contacts every two months, by {channels}.",
    "asked.contact.week.one": "At least {n} contact each week, by {channels}.",
    "asked.contact.week.other": "At least {n} contacts each week, by {channels}.",
    "asked.contact.day.one": "At least {n} contact every day, weekends and holidays too, "
    "by {channels}.",
    "asked.contact.day.other": "At least {n} contacts every day, weekends and holidays too, "
    "by {channels}.",
    "asked.business_days.one": "{title}: within {n} business day.",
    "asked.business_days.other": "{title}: within {n} business days.",
    "asked.calendar_days.one": "{title}: within {n} calendar day.",
    "asked.calendar_days.other": "{title}: within {n} calendar days.",
    "asked.hours.one": "{title}: within {n} hour.",
    "asked.hours.other": "{title}: within {n} hours.",
    "asked.minutes.one": "{title}: within {n} minute.",
    "asked.minutes.other": "{title}: within {n} minutes.",
    "asked.months_of_service.one": "The phase lasts up to {n} month.",
    "asked.months_of_service.other": "The phase lasts up to {n} months.",
    "asked.phase_end": "{title}: by the end of the phase.",
    "asked.first_visit": "{title}: on the day of the first visit.",
    "asked.none": "{title}: once. There is no deadline.",
    "asked.floor.one": "The case stays open for at least {n} day.",
    "asked.floor.other": "The case stays open for at least {n} days.",
    # the clock
    "clock.referral.assigned_at": "The clock started when the referral was assigned to the "
    "agency: {when}.",
    "clock.first_response.called_at": "The clock started when DCFS or Probation called: {when}.",
    "clock.service.received_at": "The clock started when the agency received the referral: {when}.",
    "clock.phase.from": "The clock started with the phase: {when}.",
    "clock.period.one": "This period: {first}. {n} active day.",
    "clock.period.other": "This period: {first} through {last}. {n} active days.",
    "span.phase": "It is counted on the days of the phase.",
    "span.first_month": "It is counted in the first month of service.",
    "span.ongoing": "It is counted after the first month of service.",
    # days counted and skipped
    "counted.days": "Days counted: {days}. {zero} is day 0.",
    "counted.many": "Counted: {n} calendar days after {zero}, which is day 0.",
    "counted.elapsed": "Real time is counted, nights and weekends too.",
    "skipped": "Days not counted: {days}.",
    "skipped.weekend": "weekend",
    "due": "Due by {when}.",
    "second": "Counted from the CSW's e-mail of {from_day} it would be {when}. "
    "This date is shown only; the one above decides.",
    # how many
    "whole": "The whole period is active, so the full number counts: {required}.",
    "whole.day": "Each day counts by itself: {required}.",
    "prorated": "Active on {active} of {days} days: {minimum} × {active} ÷ {days}, rounded up, "
    "is {required}.",
    "part_in_full": "Active on {active} of {days} days. The full number counts: {required}.",
    "not_assessed": "Active on {active} of {days} days. Periods with fewer than {min_days} active "
    "days are not assessed.",
    # what was done
    "credits.none": "Counted so far: none.",
    "credits": "Counted: {n} ({list}).",
    "uncounted": "On a day that has its visit already, so not counted again: {n} ({list}).",
    "attempts": "Attempts, shown as effort and not counted: {n} ({list}).",
    "done_at": "Done: {when}.",
    "result.count": "So {done} of {required}.",
    "empowerment": "If it is accepted: {sessions} sessions of {minutes} minutes, and {topics} "
    "topics: {list}.",
    # notes
    "note.youth_missing.one": "The youth was missing on {n} day. Nothing is excused or closed by "
    "itself.",
    "note.youth_missing.other": "The youth was missing on {n} days. Nothing is excused or closed "
    "by itself.",
    "note.first_month_from_visit": "The first month is counted from the first visit on {day}: "
    "through {until}.",
    "note.first_month_from_receipt": "The first month is counted from the day of receipt, {day}: "
    "through {until}.",
    "note.extended": "Extended on {day} through {until}.",
    "note.extended_late": "Extended through {until}; this was decided on {day}, after the last day "
    "that it moves.",
    "note.stabilized": "Stabilized: the first month ended on {day}.",
    "note.late_entry.one": "The contact of {day} was written down {n} day later.",
    "note.late_entry.other": "The contact of {day} was written down {n} days later.",
    "note.done_before_clock": "Done on {day}, before the clock started.",
    "note.hub_answer": "Medical hub: {word}.",
    "note.offer_answer": "Answer to the offer: {word}.",
    "note.close_reason": "The case was closed on {day}. Reason given: {word}",
    "note.waits_for_visit": "The date follows from the first visit.",
    "note.phase_open": "The phase is open. Until it ends, the last day of its longest length is "
    "used: {until}.",
    "warnings.hours_after": "Reminders: {list} after the call.",
    "warnings.days_before": "Reminders: {list} before the last day.",
    "warnings.hours.one": "{n} hour",
    "warnings.hours.other": "{n} hours",
    "warnings.days.one": "{n} day",
    "warnings.days.other": "{n} days",
    "warnings.reached": "{warning} (reached)",
    # where it comes from
    "quote": "The policy says: “{quote}”",
    "agency_target": "Agency target, not policy. No policy duty depends on it.",
    "source": "Source: {source}. Version in force from {day}.",
    "reading": "How it is read: {reading}",
    # states
    "state.not_assessed": "Not assessed.",
    "state.closed": "Closed: {reason}.",
    "state.met": "Done.",
    "state.met_late": "Done, after the date.",
    "state.due": "Still open.",
    "state.overdue": "The date has passed and it is still to be done.",
    "state.not_met_missing": "The period ended short; the youth was missing in it.",
    "state.not_met": "The period ended short.",
    "state.not_met.floor": "Closed early without a reason.",
    # one line
    "unit.visit.one": "visit",
    "unit.visit.other": "visits",
    "unit.contact.one": "contact",
    "unit.contact.other": "contacts",
    "line.count": "{done} of {required} {unit} {period}",
    "line.period.month.now": "this month",
    "line.period.month.past": "in {month} {year}",
    "line.period.two_months.now": "these two months",
    "line.period.two_months.past": "in {first} to {last}",
    "line.period.week.now": "this week",
    "line.period.week.past": "in the week of {first}",
    "line.period.day.now": "today",
    "line.period.day.past": "on {first}",
    "line.days_left.one": "{n} day left",
    "line.days_left.other": "{n} days left",
    "line.last_day": "last day today",
    "line.done": "done",
    "line.done_on": "{title}, done {day}",
    "line.done_late": "{title}, done {day}, after the date",
    "line.missing": "youth was missing",
    "line.attempts.one": "{n} attempt",
    "line.attempts.other": "{n} attempts",
    "line.not_assessed": "too few active days, not assessed",
    "line.closed": "{title}, closed: {reason}",
    "line.no_deadline": "{title}, no deadline",
    "line.due_today": "{title}, due today {time}",
    "line.due_tomorrow": "{title}, due tomorrow {time}",
    "line.due_in.one": "{title}, {n} day left",
    "line.due_in.other": "{title}, {n} days left",
    "line.late_days.one": "{title}, {n} day late",
    "line.late_days.other": "{title}, {n} days late",
    "line.late_hours.one": "{title}, {n} hour late",
    "line.late_hours.other": "{title}, {n} hours late",
    "line.late_minutes.one": "{title}, {n} minute late",
    "line.late_minutes.other": "{title}, {n} minutes late",
    "line.not_met": "{title}, closed early without a reason",
    "line.floor_met": "{title}, done",
}

WORDS: Mapping[str, str] = {
    "face_to_face": "face-to-face",
    "phone": "phone",
    "text": "text",
    "social_media": "social media",
    "video": "video",
    "email": "e-mail",
    "reached": "reached",
    "no_answer": "no answer",
    "declined": "declined",
    "cancelled": "cancelled",
    "offered": "offered",
    "accompanied": "accompanied",
    "accepted": "accepted",
    "later": "later",
    "not safe": "not safe",
    "no parent": "no parent",
}

READINGS: Mapping[str, str] = {
    "visit_satisfies_contact.true": "a visit also counts as the phone, text or social media "
    "contact.",
    "visit_satisfies_contact.false": "a visit does not replace the phone, text or social media "
    "contact. E-mail and video do not count either.",
    "partial_month.prorate": "a month in which only some days are active asks for its share, "
    "rounded up.",
    "partial_month.full": "a month in which only some days are active asks for the full number.",
    "partial_month_min_days": "a month with fewer than {n} active days is not assessed.",
    "week_starts_on.monday": "a week is Monday to Sunday.",
    "week_starts_on.sunday": "a week is Sunday to Saturday.",
    "week_min_days": "a week with fewer than {n} active days is not assessed.",
    "one_visit_credit_per_day.true": "at most one visit a day counts for a service.",
    "one_visit_credit_per_day.false": "every visit counts, also two on one day.",
    "first_month_starts.first_visit": "the first month is counted from the first visit, if that "
    "is made within a month of receipt; otherwise from the day of receipt.",
    "first_month_starts.received": "the first month is counted from the day of receipt.",
    "bimonthly.twice_a_month": "“bi-monthly” means twice each calendar month.",
    "bimonthly.every_two_months": "“bi-monthly” means once in two months (January and February, "
    "and so on).",
    "video_is_face_to_face.true": "a video call counts as face-to-face.",
    "video_is_face_to_face.false": "a video call is not face-to-face, unless a dated waiver "
    "covers the day.",
}
