"""Fixtures of the services' tests: a notebook over a real store."""

from tests.services.notebooks import clock, notebook, supervisor

__all__ = ["clock", "notebook", "supervisor"]
