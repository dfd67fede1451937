"""Fixtures of the services' tests: a notebook over a real store, and devices around a centre."""

from tests.services.app_devices import centre, manager
from tests.services.notebooks import clock, notebook, supervisor

__all__ = ["centre", "clock", "manager", "notebook", "supervisor"]
