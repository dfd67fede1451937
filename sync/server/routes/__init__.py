"""The calls of the central API: one router a noun."""
