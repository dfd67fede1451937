"""The phone's camera inside the app: a photo of a receipt never stands in the phone's gallery.

The plugin (flet-camera) exists for phones; elsewhere, and in a build without it, there is no
camera here and pictures are chosen from files. It writes each photo to a file of its own before
it hands it over, unsealed: that file is removed at once (`own_cache.forget_photos`).
"""

import asyncio
import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from field_app.platform.own_cache import forget_photos

if TYPE_CHECKING:
    import flet as ft

log = logging.getLogger(__name__)

ANSWER_SECONDS = 30.0  # the first time the phone asks the person whether the app may


class CameraUnavailable(Exception):
    """No camera answers: there is none, or the person did not allow it."""


class Camera(Protocol):
    """A camera whose preview stands on screen."""

    @property
    def preview(self) -> "ft.Control":
        """What the camera sees; it has to be on screen before `begin`."""

    async def begin(self) -> None:
        """Take the camera into use; the phone may ask the person first. Or CameraUnavailable."""

    async def take(self) -> bytes:
        """Return a photo, and leave no file of it. Raises CameraUnavailable."""


class PhoneCamera:
    """The camera on the back of a phone."""

    def __init__(self, plugin: Any) -> None:
        """Use the plugin module `flet_camera`. Made in a page's context."""
        self._plugin = plugin
        self._control = plugin.Camera(expand=True, preview_enabled=True)

    @property
    def preview(self) -> "ft.Control":
        """See `Camera`."""
        control: ft.Control = self._control
        return control

    async def begin(self) -> None:
        """See `Camera`."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await self._control.get_available_cameras()
                back = self._plugin.CameraLensDirection.BACK
                # The first is the one that a phone calls its main one.
                chosen = (
                    next((one for one in found if one.lens_direction is back), None) or found[0]
                )
                await self._control.initialize(
                    chosen,
                    # 1080 lines: small print of a receipt can be read, and old phones can do it.
                    self._plugin.ResolutionPreset.VERY_HIGH,
                    enable_audio=False,
                )
        except Exception as error:  # whatever a plugin of the phone may raise
            log.warning("the camera cannot be used: %s", type(error).__name__)
            raise CameraUnavailable from None

    async def take(self) -> bytes:
        """See `Camera`."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                photo: bytes = await self._control.take_picture()
        except Exception as error:
            log.warning("no photo was taken: %s", type(error).__name__)
            raise CameraUnavailable from None
        finally:
            await asyncio.to_thread(forget_photos)
        return photo


def find_camera(page: "ft.Page") -> Camera | None:
    """Return the phone's camera, or None: on a laptop, in a browser, in a build without it."""
    if not _is_phone(page):
        return None
    try:
        # Loaded when somebody takes a photo, not with the app.
        import flet_camera  # type: ignore[import-untyped]
    except ImportError:
        log.error("this build has no camera plugin")
        return None
    return PhoneCamera(flet_camera)


def has_camera(page: "ft.Page") -> bool:
    """Return whether a photo can be offered, without taking anything into use."""
    try:
        return _is_phone(page) and find_spec("flet_camera") is not None
    except ValueError:  # a module that has no place, as one that was taken away
        return False


def _is_phone(page: "ft.Page") -> bool:
    return not page.web and page.platform is not None and page.platform.is_mobile()
