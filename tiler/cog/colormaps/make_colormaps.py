"""Writes table.ts: every colour map of rio-tiler, 256 colours of red, green, blue and alpha each.

    python make_colormaps.py > table.ts && npx prettier --write table.ts

The maps are those that rio-tiler ships (LICENSES.md says whose they are). One that is another one backwards is only named. The colours
are written as differences to the colour before, all reds, then greens, blues, alphas, and packed with zlib.

Made with rio-tiler 9.4.12 and NumPy 2.4.6.
"""

import base64
import importlib.metadata
import json
import textwrap
import zlib

import numpy
from rio_tiler.colormap import DEFAULT_CMAPS_FILES

maps = {name: numpy.load(path) for name, path in sorted(DEFAULT_CMAPS_FILES.items())}
assert all(m.shape == (256, 4) and m.dtype == numpy.uint8 for m in maps.values())
stored, reversed_ = [], []
for name, colors in maps.items():
    base = name[:-2] if name.endswith("_r") else None
    if base in maps and (maps[base][::-1] == colors).all():
        reversed_.append(name)
    else:
        stored.append(name)

differences = [numpy.diff(maps[name].T, axis=1, prepend=numpy.uint8(0)).astype(numpy.uint8) for name in stored]
packed = base64.b64encode(zlib.compress(numpy.concatenate(differences).tobytes(), 9)).decode()

print("/**")
print(f" * Written by make_colormaps.py from rio-tiler {importlib.metadata.version('rio-tiler')}. Licences: LICENSES.md.")
print(" */")
print(f"export const STORED = {json.dumps(' '.join(stored))}.split(' ');")
print("/** Each is the map without `_r`, backwards. */")
print(f"export const REVERSED = {json.dumps(' '.join(reversed_))}.split(' ');")
print("/** base64 of zlib: of each stored map 256 reds, greens, blues and alphas, each as the difference to the one before. */")
print("export const PACKED = [")
for line in textwrap.wrap(packed, 104):
    print(f"  '{line}',")
print("].join('');")
