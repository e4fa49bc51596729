"""Plants known faults among sound pictures: what there is to find is known, file by file."""

from __future__ import annotations

import io
import os
import random
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

Kind = Literal["copy", "near copy", "dark", "light", "blurred", "plain", "grey", "odd size", "broken", "sound but odd"]


class Planted(NamedTuple):
    """A file that was put in: ``what`` was done, ``source`` what it is a copy of (None: of nothing)."""

    path: Path
    kind: Kind
    what: str
    source: Path | None = None


def photograph(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture with structure at every scale and colours, as photographs have: smooth noise, octave by octave, and some
    edges."""
    random_numbers = np.random.default_rng(seed)
    width, height = size
    values = np.zeros((height, width, 3), np.float32)
    for cells in (3, 5, 9, 17, 33, 65):
        octave = random_numbers.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        for channel in range(3):
            layer = Image.fromarray(octave[..., channel] + octave[..., 0]).resize(size, Image.Resampling.BICUBIC)
            values[..., channel] += np.asarray(layer) * 60 / cells**0.7
    for _ in range(6):
        left, top = random_numbers.integers(0, width), random_numbers.integers(0, height)
        values[top : top + height // 4, left : left + width // 5] += random_numbers.normal(0, 40, 3)
    return Image.fromarray((values - values.mean() + 125).clip(0, 255).astype(np.uint8))


def draw_photographs(folder: Path, count: int, classes: Sequence[str] = ("cats", "dogs")) -> list[Path]:
    """``count`` sound JPEG files in class folders."""
    paths = []
    for number in range(count):
        path = folder / classes[number % len(classes)] / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        photograph(number).save(path, quality=92)
        paths.append(path)
    return paths


def cropped(picture: Image.Image, share: float = 0.02) -> Image.Image:
    """Without ``share`` of the width and height at every side."""
    width, height = picture.size
    left, top = round(width * share), round(height * share)
    return picture.crop((left, top, width - left, height - top))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 60": lambda picture: picture,
    "cropped by 2 %": cropped,
    "flipped left to right": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "flipped upside down": lambda picture: picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "rotated by 90 degrees": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "rotated by 180 degrees": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "1.2 times brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "0.7 times as bright": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "half as large": lambda picture: picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS),
}


def plant_copies(sources: Sequence[Path], each: int) -> Iterator[Planted]:
    """``each`` byte copies and ``each`` near copies of every sort, in the folders of their sources, each of another source."""
    taken = iter(random.Random(1).sample(list(sources), each * (1 + len(COPIES))))
    for number in range(each):
        source = next(taken)
        path = source.with_name(f"copy {number}{source.suffix}")
        shutil.copyfile(source, path)
        yield Planted(path, "copy", "the same bytes", source)
        for what, change in COPIES.items():
            source = next(taken)
            path = source.with_name(f"{what.replace(' ', '_').replace('%', 'percent')}_{number}.jpg")
            with Image.open(source) as picture:
                change(picture.convert("RGB")).save(path, quality=60 if "quality" in what else 90)
            yield Planted(path, "near copy", what, source)


def plant_oddities(sources: Sequence[Path], each: int) -> Iterator[Planted]:
    """Pictures that are dark, light, blurred, plain, grey or tiny, made of ``sources`` and saved beside them."""
    changes: dict[Kind, Callable[[Image.Image], Image.Image]] = {
        "dark": lambda picture: ImageEnhance.Brightness(picture).enhance(0.15),
        "light": lambda picture: Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.96),
        "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 30)),
        "plain": lambda picture: Image.new("RGB", picture.size, picture.resize((1, 1)).getpixel((0, 0))),
        "grey": lambda picture: picture.convert("L"),
        "odd size": lambda picture: picture.resize((picture.width // 10, picture.height // 10)),
    }
    for number in range(each):
        for kind, change in changes.items():
            source = sources[(number * 7 + zlib.crc32(kind.encode())) % len(sources)]
            path = source.with_name(f"{kind.replace(' ', '_')}_{number}.jpg")
            with Image.open(source) as picture:
                change(picture.convert("RGB")).save(path, quality=90)
            yield Planted(path, kind, kind, source if kind != "plain" else None)


def plant_broken(folder: Path) -> Iterator[Planted]:
    """One file of every sort that cannot be used, or that looks as if it could not."""
    folder.mkdir(parents=True, exist_ok=True)
    sound = _encoded(photograph(900_001), "JPEG")
    contents: dict[str, tuple[Kind, str, bytes]] = {
        "truncated.jpg": ("broken", "half of a JPEG", sound[: len(sound) // 2]),
        "headless.jpg": ("broken", "a JPEG without its first bytes", sound[100:]),
        "empty.jpg": ("broken", "zero bytes", b""),
        "text.png": ("broken", "no picture", b"<html>not found</html>"),
        "png.jpg": ("broken", "a PNG with a wrong suffix", _encoded(photograph(900_002), "PNG")),
        "torn.png": ("broken", "half of a PNG", _encoded(photograph(900_003), "PNG")[:9_000]),
        "bomb.png": ("broken", "12,000 x 12,000 pixels", _bomb(12_000)),
        "sixteen_bits.png": ("sound but odd", "16 bits a channel", _sixteen_bits()),
        "cmyk.jpg": ("sound but odd", "CMYK", _encoded(photograph(900_004).convert("CMYK"), "JPEG")),
        "animated.gif": ("sound but odd", "three frames", _animated()),
        "palette.png": ("sound but odd", "a palette with transparency", _encoded(photograph(900_005).convert("P"), "PNG")),
        "alpha.png": ("sound but odd", "RGBA", _encoded(photograph(900_006).convert("RGBA"), "PNG")),
        "one_pixel.png": ("sound but odd", "1 x 1", _encoded(photograph(900_007, (1, 1)), "PNG")),
        "wide.png": ("sound but odd", "3000 x 2", _encoded(photograph(900_008, (3000, 2)), "PNG")),
        "a\nnew line.jpg": ("sound but odd", "a name with a line break", _encoded(photograph(900_009), "JPEG")),
        "\"quotes\" and 'apostrophes'.jpg": ("sound but odd", "quotes", _encoded(photograph(900_010), "JPEG")),
        "猫 кошка قطة 🐈.jpg": ("sound but odd", "several scripts", _encoded(photograph(900_011), "JPEG")),
    }
    for name, (kind, what, data) in contents.items():
        path = folder / name
        path.write_bytes(data)
        yield Planted(path, kind, what)
    not_text = os.fsdecode(os.fsencode(folder) + b"/bytes \xff\xfe.jpg")
    Path(not_text).write_bytes(_encoded(photograph(900_012), "JPEG"))
    yield Planted(Path(not_text), "sound but odd", "a name that is no text")
    yield from _plant_links(folder)


def _plant_links(folder: Path) -> Iterator[Planted]:
    for name, target in {"to_nowhere.jpg": "nothing", "in_a_circle.jpg": "in_a_circle.jpg"}.items():
        (folder / name).symlink_to(target)
        yield Planted(folder / name, "broken", "a link to nothing")
    (folder / "circle_of_folders").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.jpg")
    yield Planted(folder / "pipe.jpg", "broken", "a pipe")
    secret = folder / "secret.jpg"
    secret.write_bytes(_encoded(photograph(900_013), "JPEG"))
    secret.chmod(0)
    kind: Kind = "sound but odd" if os.access(secret, os.R_OK) else "broken"  # the superuser reads it all the same
    yield Planted(secret, kind, "not readable")


def _encoded(picture: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def _sixteen_bits() -> bytes:
    values = np.asarray(photograph(900_014).convert("L")).astype(np.uint16) * 257
    return _encoded(Image.fromarray(values), "PNG")


def _animated() -> bytes:
    target = io.BytesIO()
    frames = [photograph(900_020 + number) for number in range(3)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    return target.getvalue()


def _bomb(side: int) -> bytes:
    """A one-colour PNG of ``side`` x ``side`` pixels, in a few hundred kilobytes."""

    def part(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side + 1)) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")
