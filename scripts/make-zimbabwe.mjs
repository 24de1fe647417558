// Writes engine/geo/zimbabwe-outline.ts from the package world-atlas (Natural Earth 1:10m, public domain).
// Run after an update of world-atlas: node scripts/make-zimbabwe.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import { format, resolveConfig } from 'prettier';

const ISO_NUMERIC = '716';
const require = createRequire(import.meta.url);
const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-10m.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(require.resolve('world-atlas/package.json'), 'utf8'));
const country = feature(atlas, atlas.objects.countries).features.find(({ id }) => id === ISO_NUMERIC);
if (country?.geometry.type !== 'Polygon' || country.geometry.coordinates.length !== 1) {
  throw new Error('Zimbabwe is expected to be one ring');
}
// Five decimals are a metre; the source is quantised to some hundred.
const numbers = country.geometry.coordinates[0].flat().map((degree) => Number(degree.toFixed(5)));
const target = new URL('../engine/geo/zimbabwe-outline.ts', import.meta.url);
const source = `/**
 * Zimbabwe's border, one ring: longitude, latitude, longitude, latitude … in degrees.
 * Natural Earth 1:10m Admin 0 (public domain) from world-atlas ${version}; written by scripts/make-zimbabwe.mjs.
 */
export const ZIMBABWE_RING: readonly number[] = [${numbers.join(', ')}];
`;
const options = await resolveConfig(target);
writeFileSync(target, await format(source, { ...options, parser: 'typescript' }));
console.log(`${numbers.length / 2} positions`);
