"""Every pair of colours that occurs is as legible as it must be, in both themes, by WCAG 2."""

import re
from itertools import product
from math import cos, radians, sin
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "kit" / "css"
TOKEN = re.compile(r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);")


def linear_rgb(lightness, chroma, hue):
    """OKLCH to linear sRGB, by the matrices of the OKLab definition."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def luminance(rgb):
    return sum(weight * min(1, max(0, part)) for weight, part in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))


def tokens():
    found = TOKEN.findall((CSS / "tokens.css").read_text())
    return {name: [linear_rgb(*map(float, value.split())) for value in (light, dark)] for name, light, dark in found}


TOKENS = tokens()
SURFACES = ["paper", "sunk", "raised"]
MEANINGS = ["waiting", "told", "storm", "crowd"]
PAIRS = [
    *((text, ground, 7) for text, ground in product(["ink", "ink-2"], SURFACES)),
    *((text, ground, 4.5) for text, ground in product(["ink-3", "do-ink"], SURFACES)),
    *((f"wait-{step}", ground, 4.5) for step, ground in product(range(5), SURFACES)),
    *((f"{meaning}-ink", ground, 4.5) for meaning, ground in product(MEANINGS, SURFACES)),
    *((f"{meaning}-ink", f"{meaning}-tint", 4.5) for meaning in MEANINGS),
    *(("ink", f"{meaning}-tint", 7) for meaning in [*MEANINGS, "do"]),
    *(("ink", ground, 7) for ground in ("flow", "flow-2")),
    ("do-ink", "do-tint", 4.5),
    ("on-do", "do", 4.5),
    *((mark, "paper", 3) for mark in ("told", "storm", "crowd", "do", "edge")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "asked"), PAIRS)
def test_contrast(text, ground, asked, theme):
    light, dark = sorted((luminance(TOKENS[text][theme]), luminance(TOKENS[ground][theme])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= asked


@pytest.mark.parametrize("name", TOKENS)
def test_every_colour_can_be_shown(name):
    for rgb in TOKENS[name]:
        assert all(-0.002 <= part <= 1.002 for part in rgb)


def test_every_colour_that_is_used_is_named():
    defined = set(re.findall(r"(--[\w-]+):", "".join(file.read_text() for file in CSS.glob("*.css"))))
    for file in CSS.glob("*.css"):
        used = set(re.findall(r"var\((--[\w-]+)", file.read_text()))
        assert used <= defined, file.name


def test_colours_are_written_in_one_place_and_rules_stand_in_layers():
    for file in CSS.glob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        if file.name != "tokens.css":
            assert not re.search(r"oklch\(\d|#[0-9a-f]{3,8}\b|rgb\(|hsl\(", css), file.name
        assert css.lstrip().startswith("@layer"), file.name
        assert css.count("{") == css.count("}"), file.name
