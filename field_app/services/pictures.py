"""Pictures as they are kept: opened with care, drawn anew, small, and without a trace of metadata.

A photo says where and when it was taken, by which phone, and sometimes by whom. The picture is
therefore drawn again on an empty canvas; nothing else of the file goes on. What cannot be drawn
again (PDF, HEIC) is refused with what to do instead.
"""

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from field_app.errors import InputError

LARGEST_FILE_BYTES = 40 * 1024 * 1024  # a 12-megapixel PNG has at most 36 MB
MOST_PIXELS = 50_000_000  # 150 MB in memory while it is drawn: what an old phone can still give
LARGEST_KEPT_BYTES = 2 * 1024 * 1024
LONGEST_EDGE_PIXELS = 2400  # a receipt of A4 length stays readable at 200 dots an inch
QUALITIES = (85, 75, 60, 45)  # JPEG qualities, tried in turn
SMALLER = 0.7  # factor of the edges when no quality was small enough
FORMATS = ("JPEG", "PNG", "WEBP")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def clean_picture(content: bytes) -> bytes:
    """Return the picture as a JPEG of at most 2 MB, upright, without any metadata.

    Raises:
        InputError: It is empty, too large, broken, or of a kind that cannot be drawn again. The
            `code` tells which.
    """
    check_size(len(content))
    _refuse_other_kinds(content)
    try:
        with warnings.catch_warnings():
            # A decompression bomb is only warned about below twice Pillow's limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise _too_many_pixels()
                # JPEG can be decoded small at once: less memory, and three times as fast.
                found.draft("RGB", (LONGEST_EDGE_PIXELS, LONGEST_EDGE_PIXELS))
                found.load()
                return _fitting(_canvas(ImageOps.exif_transpose(found)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise InputError(
            "This kind of file cannot be kept. Take a photo, or save it as JPEG or PNG.",
            field="file",
            code="file_kind",
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error) as broken:
        if isinstance(broken, InputError):
            raise
        raise InputError(
            "This picture cannot be opened. Take it again.", field="file", code="file_broken"
        ) from None


def check_size(size_bytes: int) -> None:
    """Raise InputError when a file is empty or too large to be opened at all."""
    if size_bytes == 0:
        raise InputError("This file is empty.", field="file", code="file_empty")
    if size_bytes > LARGEST_FILE_BYTES:
        raise InputError(
            "This file is too large. Take a photo of the paper instead.",
            field="file",
            code="file_too_large",
        )


def _refuse_other_kinds(content: bytes) -> None:
    if b"%PDF-" in content[:1024]:
        raise InputError(
            "A PDF can carry hidden details that this app cannot remove. "
            "Take a photo or a screenshot of it instead.",
            field="file",
            code="file_pdf",
        )
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise InputError(
            "This photo is in the HEIC format, which this app cannot open. Set the phone's camera "
            "to JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible) and take it again.",
            field="file",
            code="file_heic",
        )


def _canvas(found: Image.Image) -> Image.Image:
    """Return the picture drawn on a new white canvas: its pixels, and nothing else."""
    found.thumbnail((LONGEST_EDGE_PIXELS, LONGEST_EDGE_PIXELS))
    canvas = Image.new("RGB", found.size, "white")
    if found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info:
        layered = found.convert("RGBA")
        canvas.paste(layered, mask=layered.getchannel("A"))
    else:
        canvas.paste(found.convert("RGB"))
    return canvas


def _fitting(canvas: Image.Image) -> bytes:
    while True:
        for quality in QUALITIES:
            kept = io.BytesIO()
            canvas.save(kept, "JPEG", quality=quality, optimize=True)
            if kept.tell() <= LARGEST_KEPT_BYTES:
                return kept.getvalue()
        edges = (max(int(canvas.width * SMALLER), 1), max(int(canvas.height * SMALLER), 1))
        canvas = canvas.resize(edges)


def _too_many_pixels() -> InputError:
    return InputError(
        "This picture is too large to open safely. Take a photo of the paper instead.",
        field="file",
        code="file_pixels",
    )
