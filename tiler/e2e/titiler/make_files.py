"""GeoTIFFs of every kind that the service meets, small: python make_files.py FOLDER. Needs rasterio, NumPy."""

import os
import sys

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.shutil import copy as copy_to
from rasterio.transform import from_origin

FOLDER = sys.argv[1]
RANDOM = np.random.default_rng(7)


def smooth(height, width, low, high, dtype):
    """Waves with a little noise: neighbours are alike, and no two pixels the same."""
    y, x = np.mgrid[0:height, 0:width]
    wave = (np.sin(x / 37.0) + np.cos(y / 29.0) + 2) / 4
    noisy = np.clip(wave + RANDOM.normal(0, 0.02, wave.shape), 0, 1)
    return (low + noisy * (high - low)).astype(dtype)


def write(name, bands, crs, transform, overviews=(2, 4), nodata=None, mask=None, colours=None, scale=None, interp=None,
          tags=None, **options):
    """A tiled GeoTIFF with overviews; `mask` becomes one inside the file."""
    count, height, width = bands.shape
    profile = dict(driver="GTiff", dtype=bands.dtype, count=count, height=height, width=width, crs=crs,
                   transform=transform, nodata=nodata, tiled=True, blockxsize=128, blockysize=128, compress="DEFLATE")
    profile.update(options)
    path = os.path.join(FOLDER, name)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        with rasterio.open(path, "w", **profile) as f:
            f.write(bands)
            if mask is not None:
                f.write_mask(mask)
            if colours is not None:
                f.write_colormap(1, colours)
            if interp is not None:
                f.colorinterp = interp
            if scale is not None:
                f.scales, f.offsets = scale
            for at in range(count):
                f.set_band_description(at + 1, f"band {at + 1}")
            if tags is not None:
                f.update_tags(1, **tags)
        if overviews:
            with rasterio.open(path, "r+") as f:
                f.build_overviews(list(overviews), Resampling.nearest)


UTM = ("EPSG:32736", from_origin(300_000, 8_030_000, 10, 10))
DEGREES = ("EPSG:4326", from_origin(29.5, -17.2, 0.0007, 0.0007))
MERCATOR = ("EPSG:3857", from_origin(3_300_000, -1_950_000, 19.109257071294063, 19.109257071294063))


def hole(height, width):
    """255 but in a disc and a stripe."""
    y, x = np.mgrid[0:height, 0:width]
    inside = ((x - width * 0.6) ** 2 + (y - height * 0.4) ** 2 < (width / 6) ** 2) | (y < 9)
    return np.where(inside, 0, 255).astype("uint8")


reflectance = np.stack([smooth(420, 390, 200 * (b + 1), 3000, "uint16") for b in range(4)])
reflectance[:, hole(420, 390) == 0] = 0
write("uint16-utm-nodata.tif", reflectance, *UTM, nodata=0)
write("uint16-utm-plain.tif", reflectance, *UTM)
write("uint16-utm-strips.tif", reflectance[:2], *UTM, tiled=False, blockxsize=None, blockysize=16, overviews=(),
      predictor=2)
write("uint16-utm-stated.tif", reflectance[:1], *UTM, nodata=0,
      tags={"STATISTICS_MINIMUM": "200", "STATISTICS_MAXIMUM": "3000"})
write("int16-scaled.tif", smooth(300, 310, -500, 2000, "int16")[None], *UTM, nodata=-9999, scale=([0.01], [273.15]))

numbers = smooth(333, 287, -1, 1, "float32")
numbers[hole(333, 287) == 0] = np.nan
write("float32-degrees-nan.tif", numbers[None], *DEGREES, nodata=np.nan, predictor=3)
write("float64-degrees.tif", smooth(200, 210, 0, 1e6, "float64")[None], *DEGREES)

picture = np.stack([smooth(300, 280, 20 * b, 255 - 30 * b, "uint8") for b in range(3)])
write("rgb-mercator-mask.tif", picture, *MERCATOR, mask=hole(300, 280), photometric="RGB")
write("rgb-utm-jpeg.tif", picture, *UTM, compress="JPEG", photometric="YCBCR", jpeg_quality=90)
alpha = np.concatenate([picture, (hole(300, 280) // 255 * np.linspace(0, 255, 280).astype("uint8"))[None]])
write("rgba-degrees.tif", alpha, *DEGREES,
      interp=[ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha])

classes = (smooth(290, 270, 0, 8.99, "float64")).astype("uint8")
classes[hole(290, 270) == 0] = 255
colours = {v: (20 * v, 255 - 25 * v, (50 * v) % 256, 255) for v in range(9)}
write("classes-palette.tif", classes[None], *MERCATOR, nodata=255, colours=colours)
write("classes-int8.tif", (classes % 50).astype("int8")[None], *UTM)
write("south.tif", smooth(200, 200, 0, 100, "uint8")[None], "EPSG:32633", from_origin(400_000, 4_900_000, 30, 30))
write("polar.tif", smooth(200, 200, 0, 100, "uint8")[None], "EPSG:3031", from_origin(1_000_000, 1_400_000, 500, 500))

with rasterio.open(os.path.join(FOLDER, "uint16-utm-nodata.tif")) as f:
    copy_to(f, os.path.join(FOLDER, "uint16-cog.tif"), driver="COG", blocksize=256, compress="ZSTD", predictor="YES")
