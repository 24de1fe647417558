"""Tables as `geocrop sample` writes them, made up."""

from pathlib import Path

import numpy as np

FEATURES = ["ndvi_peak", "ndvi_mean", "evi_peak", "red_median", "nir_median"]
HEADER = ["id", "lon", "lat", "label", "field", "year", "n_obs", "recipe", "scenes", *FEATURES]


def made_up_lines(classes: list[str], fields: int, pixels: int, seed: int = 7) -> list[list[str]]:
    """A mean for each class, an offset for each field, noise for each pixel."""
    rng = np.random.default_rng(seed)
    lines = []
    for label in classes:
        centre = rng.random(len(FEATURES))
        for number in range(fields):
            offset = 0.2 * (rng.random(len(FEATURES)) - 0.5)
            for _ in range(pixels):
                values = np.float32(centre + offset + 0.3 * (rng.random(len(FEATURES)) - 0.5))
                at = [str(len(lines)), "30", "-17.8", label, f"{label}-{number}", "2021", "12", "r1", "s1"]
                lines.append([*at, *(repr(float(value)) for value in values)])
    return lines


def write_table(path: Path, lines: list[list[str]], header: list[str] = HEADER) -> Path:
    path.write_text("".join(",".join(line) + "\n" for line in [header, *lines]), "utf-8")
    return path
