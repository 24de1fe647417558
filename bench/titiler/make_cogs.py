"""Two COGs as people have them, made by GDAL: python make_cogs.py FOLDER. Needs rasterio, NumPy."""

import os
import sys

import numpy as np
import rasterio
from rasterio.io import MemoryFile
from rasterio.shutil import copy as copy_to
from rasterio.transform import from_origin

FOLDER = sys.argv[1]
SIDE = 6144


def band(low, high, dtype, seed):
    """Fields of 40 pixels with noise: about as large when compressed as a scene."""
    rng = np.random.default_rng(seed)
    fields = np.kron(rng.random((SIDE // 48 + 1, SIDE // 48 + 1)), np.ones((48, 48)))[:SIDE, :SIDE]
    noisy = np.clip(fields * 0.8 + rng.normal(0.1, 0.02, (SIDE, SIDE)), 0, 1)
    return (low + noisy * (high - low)).astype(dtype)


def write(name, count, dtype, low, high, crs, transform, **options):
    path = os.path.join(FOLDER, name)
    if os.path.exists(path):
        return
    profile = dict(driver="GTiff", dtype=dtype, count=count, height=SIDE, width=SIDE, crs=crs, transform=transform,
                   nodata=0, tiled=True, photometric="RGB" if count == 3 else "MINISBLACK")
    with MemoryFile() as memory:
        with memory.open(**profile) as f:
            for at in range(count):
                f.write(band(low, high, dtype, at), at + 1)
        with memory.open() as f:
            copy_to(f, path + ".part", driver="COG", compress="DEFLATE", predictor="YES", blocksize=512, **options)
    os.rename(path + ".part", path)


write("rgb.tif", 3, "uint8", 1, 255, "EPSG:32736", from_origin(300_000, 8_030_000, 10, 10))
write("reflectance.tif", 4, "uint16", 200, 3000, "EPSG:32736", from_origin(300_000, 8_030_000, 10, 10))
