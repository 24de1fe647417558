import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kept, recalled } from '../testing/once-a-run.js';

/** For tests only: what GDAL and rasterio, as other people's code, make of our files. */

/** Ends well where all modules are there; importing some takes seconds. */
const HAS = `
import sys
from importlib.util import find_spec
sys.exit(any(find_spec(name) is None for name in sys.argv[1:]))
`;

/** A Python that has all of `modules`, or null. GEOCROP_PYTHON goes first, then the project's own environment, `.venv`. */
export function pythonWith(modules: string): string | null {
  const name = `python with ${modules}`;
  const { python } =
    recalled<{ readonly python: string | null }>(name) ?? kept(name, { python: findPython(modules) });
  return python;
}

function findPython(modules: string): string | null {
  // eslint-disable-next-line no-restricted-properties -- tests only
  const given = process.env['GEOCROP_PYTHON'];
  const candidates = [given, resolve('.venv/bin/python'), 'python3', '/usr/bin/python3'];
  return (
    candidates.find((python) => {
      if (python === undefined) return false;
      try {
        execFileSync(python, ['-c', HAS, ...modules.split(', ')], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    }) ?? null
  );
}

export const NEEDS_GDAL = 'needs GDAL: apt-get install gdal-bin python3-gdal';
export const NEEDS_RASTERIO =
  'needs rasterio: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt';

/** The skip option of a test: false where GDAL's Python bindings and samples are there. */
export const withoutGdal: string | false =
  pythonWith('osgeo_utils.samples.validate_cloud_optimized_geotiff') === null ? NEEDS_GDAL : false;
export const withoutRasterio: string | false = pythonWith('rasterio') === null ? NEEDS_RASTERIO : false;

function run(module: string, script: string, ...args: string[]): Buffer {
  const python = pythonWith(module);
  if (python === null) throw new Error(`no Python with ${module}`);
  return execFileSync(python, ['-c', script, ...args], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export interface GdalView {
  /** What validate_cloud_optimized_geotiff says, with its full check of leaders and trailers. */
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly epsg: string;
  readonly transform: readonly number[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly structure: Readonly<Record<string, string>>;
  readonly bands: readonly {
    readonly type: string;
    readonly nodata: number | 'nan' | null;
    readonly description: string;
    readonly interpretation: string;
    readonly scale: number | null;
    readonly offset: number | null;
    readonly categories: readonly string[] | null;
    readonly colors: readonly (readonly number[])[] | null;
    readonly metadata: Readonly<Record<string, string>>;
    readonly overviews: readonly (readonly [number, number])[];
    readonly block: readonly [number, number];
  }[];
}

const VIEW = `
import json, math, sys
from osgeo import gdal
from osgeo_utils.samples import validate_cloud_optimized_geotiff as v
gdal.UseExceptions()
w, e, _ = v.validate(sys.argv[1], full_check=True)
d = gdal.Open(sys.argv[1])
def band(b):
    n, c = b.GetNoDataValue(), b.GetColorTable()
    return dict(type=gdal.GetDataTypeName(b.DataType), nodata='nan' if n is not None and math.isnan(n) else n,
        description=b.GetDescription(), interpretation=gdal.GetColorInterpretationName(b.GetColorInterpretation()),
        scale=b.GetScale(), offset=b.GetOffset(), categories=b.GetCategoryNames(), metadata=b.GetMetadata(),
        colors=None if c is None else [c.GetColorEntry(i) for i in range(c.GetCount())],
        overviews=[(b.GetOverview(i).XSize, b.GetOverview(i).YSize) for i in range(b.GetOverviewCount())],
        block=b.GetBlockSize())
s = d.GetSpatialRef()
print(json.dumps(dict(warnings=w, errors=e, epsg='' if s is None else s.GetAuthorityCode(None), transform=d.GetGeoTransform(),
    metadata=d.GetMetadata(), structure=d.GetMetadata('IMAGE_STRUCTURE'),
    bands=[band(d.GetRasterBand(i + 1)) for i in range(d.RasterCount)])))
`;

export function gdalView(file: string): GdalView {
  return JSON.parse(
    run('osgeo_utils.samples.validate_cloud_optimized_geotiff', VIEW, file).toString('utf8'),
  ) as GdalView;
}

const PIXELS = `
import sys
from osgeo import gdal
gdal.UseExceptions()
d = gdal.Open(sys.argv[1])
level, mask = int(sys.argv[2]), sys.argv[3] == 'mask'
for i in range(1 if mask else d.RasterCount):
    b = d.GetRasterBand(i + 1)
    b = b if level == 0 else b.GetOverview(level - 1)
    sys.stdout.buffer.write((b.GetMaskBand() if mask else b).ReadRaster())
`;

/** All bands of a level (0: full resolution), or its mask as 0 and 255, band-sequential, in the file's own type. */
export function gdalPixels(file: string, level: number, what: 'data' | 'mask' = 'data'): Buffer {
  return run('osgeo_utils.samples.validate_cloud_optimized_geotiff', PIXELS, file, String(level), what);
}

/** Standard output of a script that imports rasterio; `sys.argv[1]` is the file. */
export function rasterioRun(script: string, file: string): Buffer {
  return run('rasterio', script, file);
}

/** A folder of its own for one test; gone when `use` has ended. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'geocrop-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes `bytes` as `name` in a folder of its own and hands over the path. */
export async function asFile<T>(
  bytes: Uint8Array,
  use: (file: string) => T | Promise<T>,
  aside: Readonly<Record<string, string>> = {},
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.tif');
    writeFileSync(file, bytes);
    for (const [suffix, text] of Object.entries(aside)) writeFileSync(`${file}${suffix}`, text);
    return use(file);
  });
}

const PNG = `
import json, sys
from osgeo import gdal
gdal.UseExceptions()
d = gdal.Open(sys.argv[1])
c = d.GetRasterBand(1).GetColorTable()
print(json.dumps(dict(width=d.RasterXSize, height=d.RasterYSize, channels=d.RasterCount,
    colors=None if c is None else [c.GetColorEntry(i) for i in range(c.GetCount())],
    pixels=d.ReadRaster(buf_pixel_space=d.RasterCount, buf_line_space=d.RasterCount * d.RasterXSize, buf_band_space=1).hex())))
`;

/** A PNG's values, pixel-interleaved; of a palette its indices and [r, g, b, a]. */
export function gdalPng(file: string): {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly colors: readonly (readonly number[])[] | null;
  readonly pixels: Buffer;
} {
  const answer = JSON.parse(run('osgeo.gdal', PNG, file).toString('utf8')) as {
    width: number;
    height: number;
    channels: number;
    colors: number[][] | null;
    pixels: string;
  };
  return { ...answer, pixels: Buffer.from(answer.pixels, 'hex') };
}

export const withoutNumpy: string | false =
  pythonWith('numpy') === null ? 'needs NumPy: apt-get install python3-numpy' : false;

const NPY = `
import json, sys, numpy
a = numpy.load(sys.argv[1], allow_pickle=False)
print(json.dumps(dict(type=a.dtype.name, shape=a.shape, order='C' if a.flags.c_contiguous else 'F', bytes=a.tobytes().hex())))
`;

export function numpyLoad(file: string): {
  readonly type: string;
  readonly shape: readonly number[];
  readonly order: string;
  readonly bytes: Buffer;
} {
  const answer = JSON.parse(run('numpy', NPY, file).toString('utf8')) as {
    type: string;
    shape: number[];
    order: string;
    bytes: string;
  };
  return { ...answer, bytes: Buffer.from(answer.bytes, 'hex') };
}

export const withoutPystac: string | false =
  pythonWith('pystac.validation, jsonschema') === null
    ? 'needs PySTAC: pip install "pystac[validation]", and GEOCROP_PYTHON=/path/to/that/python'
    : false;

/**
 * PySTAC reads the item and brings it to 1.1.0, whose core schemas it holds; those of 1.0.0 and of extensions would have
 * to be fetched, and are not.
 */
const STAC = `
import json, sys, pystac
from pystac.validation import JsonSchemaSTACValidator
try:
    item = pystac.Item.from_dict(json.load(open(sys.argv[1])))
    JsonSchemaSTACValidator().validate_core(item.to_dict(), pystac.STACObjectType.ITEM, '1.1.0')
    print('[]')
except (pystac.STACError, ValueError, KeyError) as e:
    print(json.dumps([str(e)]))
`;

/** What PySTAC has against an item. */
export function pystacProblems(file: string): string[] {
  return JSON.parse(run('pystac.validation, jsonschema', STAC, file).toString('utf8')) as string[];
}
