"""Draws the demo's pictures: faded signs of three shapes on plaster, as photographs of a wall might show them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 128
CORNERS = {"circle": 40, "square": 4, "triangle": 3}
CONTRAST = 22
"""Of a sign against its wall, in pixel values: pictures of 0..1 show VGG16 little of it, pictures as it expects them enough."""


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
    colour = random.integers(70, 185, 3)
    picture = _wall(colour, random)
    paint = colour + random.choice([-1, 1]) * CONTRAST * random.uniform(0.7, 1.3) + random.normal(0, CONTRAST / 5, 3)
    _paint(picture, CORNERS[shape], np.clip(paint, 0, 255).astype(int), random)
    softened = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.6, 1.2)))
    noisy = np.asarray(softened, dtype=float) + random.normal(0, random.uniform(2, 6), (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _wall(colour: np.ndarray, random: np.random.Generator) -> Image.Image:
    """Plaster: noise at two scales over a plain colour."""
    coarse = Image.fromarray(random.integers(0, 24, (12, 12), dtype=np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    grain = random.integers(-5, 5, (SIDE, SIDE, 1))
    wall = colour + np.asarray(coarse, dtype=int)[..., None] - 12 + grain
    return Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))


def _paint(picture: Image.Image, corners: int, colour: np.ndarray, random: np.random.Generator) -> None:
    """A regular polygon, turned and squeezed a little, filled or in outline."""
    radius = random.uniform(26, 44)
    x, y = random.uniform(radius, SIDE - radius, 2)
    turn, squeeze = random.uniform(0, 2 * math.pi), random.uniform(0.8, 1.0)
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    outline = [(x + radius * math.cos(angle), y + radius * squeeze * math.sin(angle)) for angle in angles]
    red, green, blue = (int(value) for value in colour)
    fill = (red, green, blue) if random.random() < 0.6 else None
    ImageDraw.Draw(picture).polygon(outline, fill=fill, outline=(red, green, blue), width=3)
