import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Polygon } from 'geojson';
import { rasterioRun } from '../../engine/encode/gdal-oracle.js';

/** By class id. */
export type OracleHectares = Readonly<
  Record<string, { readonly pixels: number; readonly hectares: number; readonly confidence: number }>
>;

const SCRIPT = `
import json, os, sys
import numpy as np, pyproj, rasterio
from rasterio.features import geometry_mask
from rasterio.warp import transform_geom
folder = sys.argv[1]
area = json.load(open(os.path.join(folder, "area.json")))
with rasterio.open(os.path.join(folder, "classes.tif")) as file:
    classes, transform, nodata = file.read(1), file.transform, file.nodata
with rasterio.open(os.path.join(folder, "confidence.tif")) as file:
    confidence = file.read(1)
inside = geometry_mask([transform_geom("EPSG:4326", "EPSG:3857", area)], classes.shape, transform, invert=True)
geod, back = pyproj.Geod(ellps="WGS84"), pyproj.Transformer.from_crs(3857, 4326, always_xy=True)
def hectares(row):
    corners = [transform * place for place in ((0, row), (1, row), (1, row + 1), (0, row + 1))]
    lons, lats = back.transform(*zip(*corners))
    return abs(geod.polygon_area_perimeter(lons, lats)[0]) / 1e4
pixel = np.array([hectares(row) for row in range(classes.shape[0])])[:, None] * np.ones(classes.shape)
found = {}
for value in np.unique(classes[inside]):
    here = inside & (classes == value)
    found[int(value)] = dict(pixels=int(here.sum()), hectares=float(pixel[here].sum()), confidence=float(confidence[here].mean()))
print(json.dumps(found))
`;

/**
 * For tests only: hectares of each class inside an area, 255 among them, as rasterio, GDAL's rasterizer and PROJ's geodesics have them.
 * @param classes GeoTIFF, as /bbox sends it
 */
export function oracleHectares(area: Polygon, classes: Uint8Array, confidence: Uint8Array): OracleHectares {
  const folder = mkdtempSync(join(tmpdir(), 'geocrop-hectares-'));
  try {
    writeFileSync(join(folder, 'area.json'), JSON.stringify(area));
    writeFileSync(join(folder, 'classes.tif'), classes);
    writeFileSync(join(folder, 'confidence.tif'), confidence);
    return JSON.parse(rasterioRun(SCRIPT, folder).toString('utf8')) as OracleHectares;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
