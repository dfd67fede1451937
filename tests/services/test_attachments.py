"""Pictures that come from anywhere: kept small and clean, or refused with a reason."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from field_app.errors import InputError, StoreDamagedError
from field_app.services.attachments import AttachmentService
from field_app.services.notebook import Notebook
from field_app.services.pictures import LARGEST_KEPT_BYTES, clean_picture
from tests.services.notebooks import a_youth

MEGAPIXELS_12 = (4000, 3000)
PLANTED = b"Planted Name, 34.05N 118.24W"


@pytest.fixture
def attachments(notebook: Notebook) -> AttachmentService:
    return AttachmentService(notebook)


def a_photo(size: tuple[int, int] = (640, 480), **saving: object) -> bytes:
    kept = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(kept, **saving)  # type: ignore[arg-type]
    return kept.getvalue()


def exif() -> Image.Exif:
    values = Image.Exif()
    values[0x010E] = PLANTED.decode()  # ImageDescription
    values[0x0112] = 6  # Orientation: turned by a quarter
    values.get_ifd(0x8825)[2] = (34.0, 3.0, 0.0)  # GPSLatitude
    return values


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.requirement("X-14")
def test_a_photo_of_twelve_megapixels_is_kept_small_upright_and_without_metadata(
    notebook: Notebook, attachments: AttachmentService
) -> None:
    photo = a_photo(MEGAPIXELS_12, format="JPEG", exif=exif(), comment=PLANTED)
    assert PLANTED in photo
    youth = a_youth(notebook)

    attachment = attachments.add(youth.case_id, photo)

    kept = attachments.read(attachment.record_id)
    assert len(kept) == attachment.size_bytes <= LARGEST_KEPT_BYTES
    assert b"Planted" not in kept
    picture = opened(kept)
    assert picture.size == (1800, 2400)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_sealed_file_shows_nothing_of_the_picture(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    attachment = attachments.add(a_youth(notebook).case_id, a_photo(format="JPEG"))

    sealed = [path.read_bytes() for path in (tmp_path / "store" / "attachments").iterdir()]
    assert len(sealed) == 1
    assert b"JFIF" not in sealed[0]
    assert attachment.file_key is not None


def test_a_png_with_texts_and_transparency_is_drawn_on_white() -> None:
    info = PngInfo()
    info.add_text("Author", PLANTED.decode())
    kept = io.BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(kept, "PNG", pnginfo=info)

    clean = clean_picture(kept.getvalue())

    assert b"Planted" not in clean
    assert opened(clean).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_noisy_picture_still_fits() -> None:
    noise = io.BytesIO()
    Image.effect_noise((2400, 2400), 200).convert("RGB").save(noise, "PNG")

    assert len(clean_picture(noise.getvalue())) <= LARGEST_KEPT_BYTES


def a_bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"not a picture at all", "file_kind"),
        (b"%PDF-1.7\n...", "file_pdf"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "file_heic"),
        (b"GIF89a" + bytes(40), "file_kind"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "file_kind"),
        (a_photo(format="JPEG")[:4000], "file_broken"),
        (a_photo(format="PNG")[:300], "file_broken"),
        (a_bomb(8_000, 8_000), "file_pixels"),
        (a_bomb(60_000, 60_000), "file_pixels"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        clean_picture(content)

    assert caught.value.code == code


def test_a_file_of_200_megabytes_is_refused_unread(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    with pytest.raises(InputError) as caught:
        attachments.add(a_youth(notebook).case_id, huge)

    assert caught.value.code == "file_too_large"


def test_the_name_of_a_file_is_never_kept(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    photo = tmp_path / "..%2F Planted; rm -rf \\..\\x.jpg"
    photo.write_bytes(a_photo(format="JPEG"))

    attachment = attachments.add(a_youth(notebook).case_id, photo)

    assert "Planted" not in str(attachment)
    assert [path.name for path in (tmp_path / "store" / "attachments").iterdir()] == [
        attachment.record_id
    ]


def test_a_folder_or_a_file_that_is_gone_is_refused(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    case_id = a_youth(notebook).case_id

    for path in (tmp_path, tmp_path / "gone.jpg"):
        with pytest.raises(InputError) as caught:
            attachments.add(case_id, path)
        assert caught.value.code == "file_gone"


def test_a_removed_picture_is_gone_from_the_disk_and_from_the_list(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    attachment = attachments.add(a_youth(notebook).case_id, a_photo(format="JPEG"))

    attachments.remove(attachment.record_id)

    assert attachments.of_case(attachment.case_id) == []
    assert list((tmp_path / "store" / "attachments").iterdir()) == []
    with pytest.raises(InputError):
        attachments.read(attachment.record_id)


def test_a_changed_file_is_noticed(
    tmp_path: Path, notebook: Notebook, attachments: AttachmentService
) -> None:
    attachment = attachments.add(a_youth(notebook).case_id, a_photo(format="JPEG"))
    path = tmp_path / "store" / "attachments" / attachment.record_id
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))

    with pytest.raises(StoreDamagedError):
        attachments.read(attachment.record_id)
