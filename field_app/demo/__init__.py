"""A fictional agency to try the app with: nobody in it exists, and every name says so.

- `words`: what the people of the demo are called and what their notes say.
- `cases`: the fifteen youths and their parents, each one short plan in days before today.
- `history`: from a plan to the records of months of work, the same for the same seed.
- `caseload`: the whole demo, and a generator of any size for measurements.
- `filling`: records into an open store.
- `everyday_work`: what is not a contact, through the services.

All dates hang on the moment that is given, so that Today always has something to show.
"""
