"""What the platform tells of the network: passed on to sync, which goes on when one is back.

Not every platform tells (then nothing is passed on), and a network that is there may still not
reach the centre: sync finds that out by itself.
"""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

import flet as ft

if TYPE_CHECKING:
    from field_app.ui.controller import Controller

log = logging.getLogger(__name__)

FREE = (ft.ConnectivityType.WIFI, ft.ConnectivityType.ETHERNET)


class NetworkWatch:
    """Watches the network for one window while its store is open."""

    def __init__(self, app: "Controller") -> None:
        """Watch nothing yet."""
        self._app = app
        self._service: ft.Connectivity | None = None

    async def begin(self) -> None:
        """Ask which network it is, and be told of changes from now on."""
        try:
            if self._service is None:
                # Not contained by `guard`: a network that comes and goes is nobody's touch, and
                # must not keep the idle lock from closing.
                self._service = ft.Connectivity(on_change=self._changed)
            self._tell(await self._service.get_connectivity())
        except Exception as error:  # this platform does not tell
            log.debug("the network is not known: %s", type(error).__name__)

    def _changed(self, event: ft.ConnectivityChangeEvent) -> None:
        try:
            self._tell(event.connectivity)
        except Exception as error:
            log.debug("a change of the network was not taken over: %s", type(error).__name__)

    def _tell(self, kinds: Collection[ft.ConnectivityType]) -> None:
        workspace = self._app.session.workspace
        if workspace is None or not workspace.sync.is_enrolled:
            return
        workspace.sync.loop.network_changed(
            is_there=any(kind is not ft.ConnectivityType.NONE for kind in kinds),
            is_free=any(kind in FREE for kind in kinds),
        )
