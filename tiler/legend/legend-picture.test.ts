import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { Legend } from '../render/legend.js';
import { legendPicture, legendSvg } from './legend-picture.js';
import { legendPng } from './legend-png.js';
import { TextPath, wrap } from './text-path.js';
import { layerTitle, mapTitle, plainText } from './words.js';

const CLASSES = [
  { id: 0, name: 'maize', color: '#f2c230' },
  { id: 1, name: 'built_up', color: '#c23b4b' },
  { id: 2, name: 'water', color: '#ffffff' },
] as const;
const MAP = { season: 'summer', year: 2021, model: 'Ensemble' };
const legend: Legend = {
  layer: 'classes',
  kind: 'classes',
  title: 'Crop classes',
  map: MAP,
  attribution: '<a href="https://crops.example">GeoCrop</a> &amp; others',
  classes: CLASSES,
};
const ramp: Legend = {
  layer: 'ndvi_peak',
  kind: 'feature',
  title: 'ndvi peak',
  map: MAP,
  attribution: 'GeoCrop',
  unit: null,
  min: -0.2,
  max: 0.9,
  colormap: 'rdylgn',
  stops: [
    { value: -0.2, color: '#a50026' },
    { value: 0.35, color: '#ffffbf' },
    { value: 0.9, color: '#006837' },
  ],
};
const plain = { subtitle: '', titled: false };
const titled = { subtitle: 'Summer 2021/22, model Ensemble', titled: true };

async function pixelsOf(
  what: Legend,
  scale = 1,
): Promise<{
  width: number;
  height: number;
  at: (x: number, y: number) => string;
  has: (color: string) => boolean;
}> {
  const png = await legendPng(legendPicture(what, plain), scale);
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): string =>
    `#${data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3).toString('hex')}`;
  const { width, height } = info;
  const has = (color: string): boolean => {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (at(x, y) === color) return true;
    return false;
  };
  return { width, height, at, has };
}

describe('a legend’s picture', () => {
  it('is as large as its layout says, at every scale', async () => {
    const { width, height } = legendPicture(legend, plain);
    for (const scale of [1, 2, 4]) {
      const picture = await pixelsOf(legend, scale);
      assert.deepEqual([picture.width, picture.height], [width * scale, height * scale]);
    }
  });

  it('has a swatch of each class’s colour, one below the other, with an edge', async () => {
    const picture = await pixelsOf(legend);
    const middles = CLASSES.map((_, at) => picture.at(25, 14 + 23 * at + 11));
    assert.deepEqual(
      middles,
      CLASSES.map(({ color }) => color),
    );
    // White on white is seen too.
    assert.notEqual(picture.at(14, 14 + 23 * 2 + 11), '#ffffff');
  });

  it('runs a ramp from the first colour to the last', async () => {
    const picture = await pixelsOf(ramp);
    const near = (actual: string, expected: string): boolean =>
      [1, 3, 5].every(
        (at) =>
          Math.abs(
            Number.parseInt(actual.slice(at, at + 2), 16) - Number.parseInt(expected.slice(at, at + 2), 16),
          ) <= 6,
      );
    assert.ok(near(picture.at(14 + 1, 22), '#a50026'), picture.at(15, 22));
    assert.ok(near(picture.at(14 + 118, 22), '#ffffbf'), picture.at(132, 22));
    assert.ok(near(picture.at(14 + 234, 22), '#006837'), picture.at(248, 22));
  });

  it('holds no text that a font would have to draw', () => {
    for (const what of [legend, ramp])
      assert.doesNotMatch(legendSvg(legendPicture(what, titled), 1), /<text|font/);
  });

  it('has its title, what the map is, and the credits, unless it is for a program that shows them itself', () => {
    const all = legendPicture(legend, titled);
    const bare = legendPicture(legend, plain);
    assert.ok(all.height > bare.height + 50);
    const glyphs = (svg: string): number => svg.split('<path').length;
    const letters = (text: string): number => text.replaceAll(' ', '').length;
    assert.equal(
      glyphs(all.draw()) - glyphs(bare.draw()),
      letters('Crop classes') + letters(titled.subtitle) + letters('GeoCrop & others'),
    );
  });

  it('says what true colour is', () => {
    const picture = legendPicture(
      { layer: 'truecolor', kind: 'rgb', title: 'True colour', map: MAP, attribution: 'GeoCrop' },
      plain,
    );
    assert.ok(picture.draw().split('<path').length > 20);
  });
});

describe('text as outlines', () => {
  it('is as wide as its letters, and grows with its size', () => {
    const short = new TextPath('il', 10).width;
    assert.ok(short < new TextPath('WM', 10).width);
    assert.ok(Math.abs(new TextPath('WM', 20).width - 2 * new TextPath('WM', 10).width) < 1e-9);
    assert.equal(new TextPath('maize', 10).width + short, new TextPath('maizeil', 10).width);
  });

  it('knows accents, however they are written, and has a box for what it does not know', () => {
    const composed = new TextPath('maïs', 10);
    assert.equal(new TextPath('mai\u0308s', 10).svg(0, 0, '#000000'), composed.svg(0, 0, '#000000'));
    assert.match(new TextPath('玉', 10).svg(0, 0, '#000000'), /<path/);
  });

  it('is broken between words', () => {
    const lines = wrap('one two three four five six seven', 10, 60);
    assert.ok(lines.length > 2);
    assert.equal(lines.join(' '), 'one two three four five six seven');
    for (const line of lines) assert.ok(new TextPath(line, 10).width <= 60 || !line.includes(' '), line);
  });
});

describe('words', () => {
  it('name layers and maps for people', () => {
    const feature = (name: string): string =>
      layerTitle({ name, kind: 'feature', title: name.replaceAll('_', ' ') });
    assert.equal(feature('ndvi_peak'), 'NDVI, highest');
    assert.equal(feature('swir16_median'), 'Shortwave 1.6 µm, median reflectance');
    assert.equal(layerTitle({ name: 'ndvi_peak', kind: 'feature', title: 'Peak NDVI' }), 'Peak NDVI');
    assert.equal(mapTitle(MAP, ['2021-09-01', '2022-05-31']), 'Summer 2021/22, model Ensemble');
    assert.equal(mapTitle({ ...MAP, model: 'none' }), 'Summer 2021');
  });

  it('take the markup out of credits', () => {
    assert.equal(plainText(legend.attribution), 'GeoCrop & others');
  });
});
