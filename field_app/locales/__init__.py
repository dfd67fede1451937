"""Every word a person reads: one TOML file a topic and language, as `es/session.toml`.

A file's top-level tables are the first part of its keys: `[unlock]` with `title = "…"` is
`unlock.title`. To add words, add a file or a table of your own in both languages; two files may not
fill the same key. A word that counts is a table with `one` and `other`, chosen by `count`.
"""
