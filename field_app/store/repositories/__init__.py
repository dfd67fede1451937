"""Records in and out of the store: rows outside, domain objects inside.

- `records`: any kind of record: get, list, save, delete, with the change history.
- `contacts`: the questions that are asked about contacts (pages, days, who was seen last).
- `caseloads`: what a caseload is made of, in a few queries for all participants at once.
- `changes`, `drafts`, `preferences`: the device's own tables.
"""
