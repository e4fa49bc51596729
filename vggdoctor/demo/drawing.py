"""Draws the demo's pictures: signs of three shapes on textured walls, as photographs of a wall might show them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 128
CORNERS = {"circle": 40, "square": 4, "triangle": 3}


def draw_signs(folder: Path, counts: Mapping[str, Mapping[str, int]], seed: int) -> None:
    """Write ``counts[split][shape]`` pictures (JPEG, 128 x 128 px) to ``folder/split/shape``."""
    random = np.random.default_rng(seed)
    for split, shapes in counts.items():
        for shape, count in shapes.items():
            target = folder / split / shape
            target.mkdir(parents=True)
            for number in range(count):
                _sign(shape, random).save(target / f"{shape}_{number:03}.jpg", quality=90)


def _sign(shape: str, random: np.random.Generator) -> Image.Image:
    picture = _wall(random)
    for _ in range(random.integers(1, 5)):
        _paint(picture, int(random.integers(3, 9)), random.uniform(4, 9), random)
    _paint(picture, CORNERS[shape], random.uniform(18, 40), random)
    softened = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.6, 1.6)))
    noise = random.normal(0, random.uniform(4, 12), (SIDE, SIDE, 3))
    lit = np.asarray(softened, dtype=float) * random.uniform(0.7, 1.1) + noise
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def _wall(random: np.random.Generator) -> Image.Image:
    """Plaster: noise at two scales over a plain colour."""
    colour = random.integers(40, 215, 3)
    coarse = Image.fromarray(random.integers(0, 90, (12, 12), dtype=np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    grain = random.integers(-12, 12, (SIDE, SIDE, 1))
    wall = colour + np.asarray(coarse, dtype=int)[..., None] - 45 + grain
    return Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))


def _paint(picture: Image.Image, corners: int, radius: float, random: np.random.Generator) -> None:
    """A regular polygon of any colour, turned and squeezed a little, filled or in outline."""
    x, y = random.uniform(radius, SIDE - radius, 2)
    turn, squeeze = random.uniform(0, 2 * math.pi), random.uniform(0.8, 1.0)
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    outline = [(x + radius * math.cos(angle), y + radius * squeeze * math.sin(angle)) for angle in angles]
    red, green, blue = (int(value) for value in random.integers(0, 256, 3))
    fill = (red, green, blue) if random.random() < 0.6 else None
    ImageDraw.Draw(picture).polygon(outline, fill=fill, outline=(red, green, blue), width=3)
