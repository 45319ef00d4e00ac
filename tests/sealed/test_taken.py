"""When a photo was taken: from the camera's word into the report's details, and nowhere else."""

from pathlib import Path

import pytest
from PIL import Image

from sealed import report
from sealed.errors import BadReport
from tests.sealed import photos
from viewer.sender.photos import prepare, strip

TIME = "2026-05-03T10:20:30"
NAMES = ["photos/001.jpg", "photos/002.jpg"]


def photographed(folder: Path, told: object) -> Path:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = told
    path = folder / "mole.jpg"
    path.write_bytes(photos.jpeg(exif=exif.tobytes()))
    return path


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("2026:05:03 10:20:30", TIME),
        ("    :  :     :  :  ", ""),
        ("0000:00:00 00:00:00", ""),
        ("2026-05-03T10:20:30", ""),
        ("last week", ""),
        (7, ""),
    ],
)
def test_the_cameras_word(tmp_path: Path, told: object, taken: str) -> None:
    assert prepare(photographed(tmp_path, told)).photo.taken == taken


def test_a_photo_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "mole.jpg"
    path.write_bytes(photos.jpeg())
    assert prepare(path).photo.taken == ""


def test_the_photo_itself_does_not_keep_it(tmp_path: Path) -> None:
    path = photographed(tmp_path, "2026:05:03 10:20:30")
    assert b"10:20:30" in path.read_bytes(), "control"
    assert b"10:20:30" not in strip(path).data


def written(taken: str = TIME) -> bytes:
    listed = (report.Photo(NAMES[0], 8, 6, taken), report.Photo(NAMES[1], 8, 6))
    return report.write(report.Details("2026-11-21T09:30:00Z", "MRN 7", "Ada", "", "", listed))


def test_it_is_written_and_read_again() -> None:
    assert [photo.taken for photo in report.read(written(), NAMES).photos] == [TIME, ""]


@pytest.mark.parametrize(
    "bad", ["", "yesterday", "2026-13-03T10:20:30", "2026-05-03T10:20:30Z", "2026-05-03", f"{TIME}.5"]
)
def test_what_is_no_time_is_refused(bad: str) -> None:
    report.read(written(), NAMES)
    with pytest.raises(BadReport):
        report.read(written().replace(TIME.encode(), bad.encode()), NAMES)


def test_nothing_else_has_one() -> None:
    changed = written().replace(b"<patient ", f'<patient taken="{TIME}" '.encode())
    assert changed != written()
    with pytest.raises(BadReport):
        report.read(changed, NAMES)
