"""Writes ramps.ts: matplotlib's colour maps (CC0; ColorBrewer's RdYlGn, Greens, Greys and Blues, Apache-2.0) at 255 even steps.

255 and not 256: the last entry of a PNG palette is kept for "no data".

    python make_ramps.py > ramps.ts && npx prettier --write ramps.ts

Made with matplotlib 3.11.2.
"""

import matplotlib

NAMES = ["viridis", "magma", "cividis", "RdYlGn", "Greens", "Greys", "Blues"]
STEPS = 255

print("/**")
print(f" * Perceptual colour ramps, {STEPS} colours each from low to high, `rrggbb` after each other.")
print(" * Written by make_ramps.py from matplotlib (CC0) and ColorBrewer (Apache-2.0).")
print(" */")
print("export const RAMPS = {")
for name in NAMES:
    ramp = matplotlib.colormaps[name]
    colors = [ramp(i / (STEPS - 1)) for i in range(STEPS)]
    text = "".join("".join(f"{round(255 * c):02x}" for c in color[:3]) for color in colors)
    print(f"  {name.lower()}: '{text}',")
print("} as const;")
