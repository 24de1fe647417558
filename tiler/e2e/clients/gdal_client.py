"""What GDAL's WMTS and WMS drivers make of a server: python gdal_client.py ADDRESS FOLDER Z X Y. Prints JSON."""

import json
import os
import sys

from osgeo import gdal

gdal.UseExceptions()
base, folder, z, x, y = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
gdal.SetConfigOption("GDAL_DEFAULT_WMS_CACHE_PATH", os.path.join(folder, "cache"))
SIDE = 2 * 20037508.342789244 / 2**z
HALF = 20037508.342789244
WINDOW = [x * SIDE - HALF, HALF - y * SIDE, (x + 1) * SIDE - HALF, HALF - (y + 1) * SIDE]


def pixels(dataset, what):
    """A file of interleaved pixels: of a window that is the tile, as gdal_translate gives it."""
    cut = gdal.Translate("", dataset, format="MEM", projWin=WINDOW, width=256, height=256)
    bands = cut.RasterCount
    kind = cut.GetRasterBand(1).DataType
    size = gdal.GetDataTypeSize(kind) // 8
    data = cut.ReadRaster(buf_pixel_space=bands * size, buf_line_space=256 * bands * size, buf_band_space=size)
    path = os.path.join(folder, what)
    with open(path, "wb") as out:
        out.write(data)
    return dict(path=path, bands=bands, type=gdal.GetDataTypeName(kind))


def facts(dataset):
    transform = dataset.GetGeoTransform()
    return dict(
        epsg=dataset.GetSpatialRef().GetAuthorityCode(None),
        size=[dataset.RasterXSize, dataset.RasterYSize],
        corner=[transform[0], transform[3]],
        resolution=transform[1],
        overviews=dataset.GetRasterBand(1).GetOverviewCount(),
        nodata=str(dataset.GetRasterBand(1).GetNoDataValue()),
    )


capabilities = f"{base}/wmts/1.0.0/WMTSCapabilities.xml"
listing = gdal.Open(f"WMTS:{capabilities}").GetSubDatasets()
result = dict(subdatasets=[name for name, _ in listing], wmts={}, values={})
for layer in ("classes", "confidence", "truecolor", "ndvi_peak", "dynamic_world"):
    dataset = gdal.Open(f"WMTS:{capabilities},layer={layer},tilematrix={z}")
    result["wmts"][layer] = dict(facts(dataset), **pixels(dataset, f"wmts-{layer}.raw"))

whole = gdal.Open(f"WMTS:{capabilities},layer=classes")
result["whole"] = facts(whole)

# XYZ addresses as TileJSON has them, by GDAL's TMS service.
xyz = f"""<GDAL_WMS><Service name="TMS"><ServerUrl>{base}/tiles/${{z}}/${{x}}/${{y}}.png?layer=classes</ServerUrl></Service>
<DataWindow><UpperLeftX>-{HALF}</UpperLeftX><UpperLeftY>{HALF}</UpperLeftY><LowerRightX>{HALF}</LowerRightX>
<LowerRightY>-{HALF}</LowerRightY><TileLevel>{z}</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
<YOrigin>top</YOrigin></DataWindow><Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
<BandsCount>4</BandsCount></GDAL_WMS>"""
result["xyz"] = pixels(gdal.Open(xyz), "xyz-classes.raw")

# The numbers, as layer definitions for QGIS describe them.
for name in sorted(file for file in os.listdir(folder) if file.endswith(".xml")):
    dataset = gdal.Open(os.path.join(folder, name))
    result["values"][name[:-4]] = dict(facts(dataset), **pixels(dataset, f"values-{name[:-4]}.raw"))
print(json.dumps(result))
