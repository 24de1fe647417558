import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { FileCrs } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { DataType } from '../../../engine/windows/cog-header.js';
import { namedColormap } from '../colormaps/named-colormap.js';
import { parseColormap } from '../colormaps/parse-colormap.js';
import { TYPE_RANGES } from '../image-post/data-types.js';
import { randomImage } from '../oracle/random-image.js';
import {
  answered,
  askRioTiler,
  packImage,
  unpackArray,
  withoutTiTiler,
  type TheirArray,
} from '../oracle/rio-tiler.js';
import type { RenderImage } from '../post.js';
import { encodeImage } from './encode-image.js';

const TYPES = Object.keys(TYPE_RANGES) as DataType[];

interface Decoded {
  readonly data: TheirArray;
  readonly colors?: readonly string[];
  readonly driver?: string;
  readonly crs?: string | null;
  readonly transform?: readonly number[];
}
interface Rendered {
  readonly media: string;
  readonly theirs: Decoded;
  readonly ours: Decoded;
  /** Whether rasterio holds their reference systems for the same. */
  readonly same_crs: boolean;
}
interface Case {
  readonly label: string;
  readonly image: Image;
  readonly render: RenderImage;
  /** The `colormap` parameter that `render.colormap` was made of. */
  readonly colormap?: string;
}

async function compareAll(
  cases: readonly Case[],
  check: (one: Case, rendered: Rendered) => void,
): Promise<void> {
  const bodies = await Promise.all(cases.map(({ image, render }) => encodeImage(image, render)));
  const answers = await askRioTiler<Rendered>(
    cases.map(({ image, render, colormap }, at) => ({
      task: 'rendered',
      ...packImage(image),
      format: render.format,
      rescale: render.rescale,
      mask: render.returnMask ?? true,
      colormap,
      body: Buffer.from(bodies[at]?.body ?? []).toString('base64'),
    })),
    'titiler.core',
  );
  for (const [at, answer] of answers.entries()) {
    const one = cases[at] as Case;
    const rendered = answered(answer);
    assert.equal(bodies[at]?.contentType, rendered.media, one.label);
    check(one, rendered);
  }
}

function equal(one: Case, { theirs, ours }: Rendered): void {
  assert.deepEqual({ ...ours.data, data: '' }, { ...theirs.data, data: '' }, one.label);
  assert.deepEqual(unpackArray(ours.data), unpackArray(theirs.data), one.label);
  // Two bands and a mask: theirs are named red, green and alpha.
  if (one.image.bands.length !== 2) assert.deepEqual(ours.colors, theirs.colors, one.label);
  assert.equal(ours.driver, theirs.driver, one.label);
  assert.equal(ours.crs, theirs.crs, one.label);
  assert.equal(ours.transform?.length, theirs.transform?.length);
  ours.transform?.forEach((value, i) => {
    assert.ok(Math.abs(value - (theirs.transform?.[i] ?? NaN)) < 1e-9, `${one.label}: transform ${i}`);
  });
}

const CMAP = '{"0": "#ff0000", "1": "#00ff00", "2": [0, 0, 255, 128], "3": [9, 9, 9, 0]}';

test('PNG, GeoTIFF and NPY hold what TiTiler’s hold', { skip: withoutTiTiler }, async () => {
  const cases: Case[] = [];
  for (const [seed, type] of TYPES.entries()) {
    for (const bands of [1, 2, 3, 4, 5]) {
      const image = randomImage({ seed: seed * 10 + bands, type, bands });
      for (const returnMask of [true, false]) {
        for (const format of ['tif', 'npy'] as const) {
          cases.push({
            label: `${bands} ${type} ${format} ${returnMask}`,
            image,
            render: { format, returnMask },
          });
        }
        if (bands + Number(returnMask) <= 4) {
          cases.push({
            label: `${bands} ${type} png, rescaled ${returnMask}`,
            image,
            render: { format: 'png', rescale: [[0, 3]], returnMask },
          });
          if (type === 'uint8' || type === 'uint16') {
            cases.push({
              label: `${bands} ${type} png ${returnMask}`,
              image,
              render: { format: 'png', returnMask },
            });
          }
        }
      }
    }
    const classes = randomImage({ seed, type, bands: 1, range: [0, 4] });
    cases.push({
      label: `${type} colored`,
      image: classes,
      render: { format: 'png', colormap: parseColormap(CMAP) },
      colormap: CMAP,
    });
  }
  const alpha = randomImage({ seed: 90, type: 'uint8', bands: 3, alpha: true });
  for (const format of ['png', 'tif', 'npy'] as const) {
    cases.push({ label: `alpha ${format}`, image: alpha, render: { format } });
    cases.push({ label: `alpha ${format} rescaled`, image: alpha, render: { format, rescale: [[20, 200]] } });
  }
  await compareAll(cases, equal);
});

test(
  'what a format cannot hold is rescaled from statistics or from the type, as TiTiler does',
  { skip: withoutTiTiler },
  async () => {
    const cases = TYPES.filter((type) => type !== 'uint8' && type !== 'uint16').flatMap((type, seed) =>
      [undefined, [[0, 2] as const, [0, 3] as const, [1, 2] as const]].map((statistics): Case => {
        const image = randomImage({ seed, type, bands: 3, invalid: type.startsWith('u') ? 0 : 0.2 });
        return {
          label: `${type} ${JSON.stringify(statistics)}`,
          image: statistics === undefined ? image : { ...image, statistics },
          // Their mask of other types is cut off wrongly (docs/titiler.md): pixels are compared without it.
          render: { format: 'png', returnMask: false },
        };
      }),
    );
    await compareAll(cases, equal);
  },
);

test('JPEG and WebP show what TiTiler’s show', { skip: withoutTiTiler }, async () => {
  const smooth = (bands: number, invalid: number): Image => {
    const image = randomImage({ seed: bands, type: 'uint8', bands, width: 64, height: 48, invalid });
    image.bands.forEach((band, b) => band.forEach((_, i) => (band[i] = 60 + 2 * (i % 64) + b * 20)));
    return image;
  };
  const cases: Case[] = [1, 3].flatMap((bands) =>
    (['jpeg', 'webp'] as const).map((format) => ({
      label: `${bands} ${format}`,
      image: smooth(bands, format === 'webp' && bands === 3 ? 0 : 0.2),
      render: { format },
    })),
  );
  cases.push({ label: 'webp with holes', image: smooth(3, 0.2), render: { format: 'webp' } });
  cases.push({ label: 'auto', image: smooth(3, 0), render: { format: 'auto' } });
  await compareAll(cases, (one, { theirs, ours }) => {
    assert.equal(ours.driver, theirs.driver, one.label);
    assert.deepEqual(ours.data.shape, theirs.data.shape, one.label);
    const [a, b] = [unpackArray(ours.data), unpackArray(theirs.data)];
    const far = Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))));
    // Two encoders of the same quality: a smooth ramp differs by their rounding.
    assert.ok(far <= 4, `${one.label}: ${far} apart`);
  });
});

test('the automatic format is JPEG where every pixel is valid, else PNG', async () => {
  const whole = randomImage({ seed: 1, type: 'uint16', bands: 3, invalid: 0 });
  const holes = randomImage({ seed: 1, type: 'uint16', bands: 3, invalid: 0.9 });
  assert.equal((await encodeImage(whole, { format: 'auto' })).contentType, 'image/jpeg');
  const png = await encodeImage(holes, { format: 'auto' });
  assert.equal(png.contentType, 'image/png');
  assert.equal((await sharp(png.body).metadata()).depth, 'uchar');
});

test('what a format cannot hold is refused with what would do', async () => {
  const image = (bands: number): Image => randomImage({ seed: 1, type: 'uint8', bands });
  const refusals: [Image, RenderImage, RegExp][] = [
    [image(4), { format: 'png' }, /PNG cannot hold 4 bands and a mask/],
    [image(5), { format: 'png', returnMask: false }, /PNG cannot hold 5 bands/],
    [image(2), { format: 'jpeg' }, /JPEG cannot hold 2 bands/],
    [image(4), { format: 'webp' }, /WebP cannot hold 4 bands and a mask/],
    [image(3), { format: 'png', colormap: namedColormap('viridis') }, /for one band/],
  ];
  for (const [one, render, message] of refusals) {
    await assert.rejects(encodeImage(one, render), { code: 'bad-request', message, hint: /bidx/ });
  }
});

const WKT =
  'PROJCS["Grün | Wald",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Albers"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",25.0],PARAMETER["Standard_Parallel_1",-18.0],PARAMETER["Standard_Parallel_2",-20.0],PARAMETER["Latitude_Of_Origin",-19.0],UNIT["Meter",1.0]]';

const MARS =
  'GEOGCS["Mars",DATUM["Mars",SPHEROID["Mars",3396190,169.894447223612]],PRIMEM["Reference meridian",0],UNIT["degree",0.0174532925199433]]';

test('a GeoTIFF lies where the image lies, in any reference system', { skip: withoutTiTiler }, async () => {
  const systems: [FileCrs, readonly [number, number, number, number]][] = [
    [{ epsg: 4326, proj: '', name: '', geographic: true }, [28.1, -20.3, 31.3, -17.9]],
    [{ epsg: 32735, proj: '', name: '', geographic: false }, [300_000, 7_900_000, 301_600, 7_901_200]],
    [{ epsg: 6933, proj: '', name: '', geographic: false }, [0, 0, 16, 12]],
    [{ epsg: null, proj: '', name: WKT, geographic: false }, [0, 0, 1600, 1200]],
    [{ epsg: null, proj: '', name: MARS, geographic: true }, [10, -5, 12, -4]],
  ];
  const cases = systems.map(([crs, bounds]): Case => {
    const image = { ...randomImage({ seed: 1, type: 'int16', bands: 1 }), crs, bounds };
    return { label: `${crs.epsg}`, image, render: { format: 'tif' } };
  });
  await compareAll(cases, (one, rendered) => {
    const { theirs, ours, same_crs } = rendered;
    assert.deepEqual(unpackArray(ours.data), unpackArray(theirs.data));
    assert.ok(same_crs, `${one.label}: ${ours.crs} instead of ${theirs.crs}`);
    ours.transform?.forEach((value, i) => {
      assert.ok(Math.abs(value - (theirs.transform?.[i] ?? NaN)) < 1e-9, `${one.label}: transform ${i}`);
    });
  });
});

test('an image without a place on the ground is a GeoTIFF without one', async () => {
  const image = { ...randomImage({ seed: 1, type: 'uint8', bands: 1 }), bounds: null, crs: null };
  const { body } = await encodeImage(image, { format: 'tif' });
  const { width, height } = await sharp(body).metadata();
  assert.deepEqual([width, height], [image.width, image.height]);
});
