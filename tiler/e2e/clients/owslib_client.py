"""What OWSLib makes of a WMTS: python owslib_client.py ADDRESS Z ROW COLUMN I J. Prints JSON."""

import base64
import json
import sys
import warnings

from owslib.util import openURL
from owslib.wmts import WebMapTileService

warnings.simplefilter("ignore")
url, z, row, column, i, j = sys.argv[1:]
wmts = WebMapTileService(url)


def tile(**more):
    body = wmts.gettile(
        layer="classes", tilematrixset="WebMercatorQuad", tilematrix=z, row=row, column=column, format="image/png", **more
    ).read()
    return base64.b64encode(body).decode()


def by_address(resource, **more):
    layer = wmts["classes"]
    values = {name: dimension["default"] for name, dimension in layer.dimensions.items()}
    values |= {"Style": "default", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": z, "TileRow": row, "TileCol": column}
    address = resource["template"]
    for name, value in (values | more).items():
        address = address.replace("{" + name + "}", value)
    return openURL(address).read()


layers = {
    name: dict(
        title=layer.title,
        formats=layer.formats,
        infoformats=layer.infoformats,
        bounds=layer.boundingBoxWGS84,
        dimensions={key: [value["default"], *value["values"]] for key, value in layer.dimensions.items()},
        styles={key: dict(style) for key, style in layer.styles.items()},
        limits={
            key: [limit.mintilecol, limit.mintilerow, limit.maxtilecol, limit.maxtilerow]
            for key, limit in layer.tilematrixsetlinks["WebMercatorQuad"].tilematrixlimits.items()
        },
    )
    for name, layer in wmts.contents.items()
}
classes = wmts["classes"]
tiles = [r for r in classes.resourceURLs if r["resourceType"] == "tile"]
infos = [r for r in classes.resourceURLs if r["resourceType"] == "FeatureInfo"]
matrices = wmts.tilematrixsets["WebMercatorQuad"]
result = dict(
    type=wmts.identification.type,
    version=wmts.identification.version,
    fees=wmts.identification.fees,
    access=wmts.identification.accessconstraints,
    provider=wmts.provider.name,
    operations=[operation.name for operation in wmts.operations],
    crs=matrices.crs,
    scales=[matrices.tilematrix[str(zoom)].scaledenominator for zoom in range(len(matrices.tilematrix))],
    layers=layers,
    kvp=tile(),
    other=tile(year="2020", season="winter"),
    rest=base64.b64encode(by_address(tiles[0])).decode(),
    infos={r["format"]: by_address(r, I=i, J=j).decode() for r in infos},
)
print(json.dumps(result))
