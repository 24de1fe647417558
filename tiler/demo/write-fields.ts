import { writeFile } from 'node:fs/promises';
import { SIMULATED_CLASSES, type SimulatedClass } from './classes.js';
import { lonLatOf } from './ground.js';
import { RandomStream } from './random.js';
import { WHOLE_AREA, type GroundArea } from './scene-grid.js';
import { World } from './world.js';

/** A labelled place: inside one kind of cover, away from its edges. */
export interface FieldPoint {
  readonly lon: number;
  readonly lat: number;
  readonly label: SimulatedClass;
  /** Points of one field, patch of bush, dam or village have it in common, and it belongs to one class. */
  readonly field: string;
}

const SEED = 4201;
/** The class is the same this far around a point, metres: a map pixel and its neighbours lie inside. */
const CLEARANCE: Readonly<Partial<Record<SimulatedClass, number>>> = { built_up: 12 };
const DEFAULT_CLEARANCE = 17;
const PER_FIELD: Readonly<Partial<Record<SimulatedClass, number>>> = { water: 30, built_up: 12 };
const DEFAULT_PER_FIELD = 6;
const MARGIN = 60;
/** Over the whole area; a piece of it is as dense. */
const ATTEMPTS = 400_000;
const sizeOf = ({ west, east, south, north }: GroundArea): number => (east - west) * (north - south);

/** Up to `perClass` points of each class, spread over the area by chance from a fixed seed. */
export function fieldPoints(area: GroundArea, perClass: number): FieldPoint[] {
  const world = new World();
  const random = new RandomStream(SEED);
  const found = new Map<SimulatedClass, FieldPoint[]>(SIMULATED_CLASSES.map((name) => [name, []]));
  const inField = new Map<string, number>();
  let missing = SIMULATED_CLASSES.length;
  const attempts = (ATTEMPTS * sizeOf(area)) / sizeOf(WHOLE_AREA);
  for (let attempt = 0; attempt < attempts && missing > 0; attempt++) {
    const x = random.between(area.west + MARGIN, area.east - MARGIN);
    const y = random.between(area.south + MARGIN, area.north - MARGIN);
    const unit = world.describe(x, y);
    const points = found.get(unit.class) as FieldPoint[];
    if (points.length >= perClass || !isInside(world, x, y, unit.class)) continue;
    const field = `${unit.class}-${unit.group}`;
    const count = inField.get(field) ?? 0;
    if (count >= (PER_FIELD[unit.class] ?? DEFAULT_PER_FIELD)) continue;
    inField.set(field, count + 1);
    const [lon, lat] = lonLatOf(x, y).map((degrees) => Math.round(degrees * 1e6) / 1e6) as [number, number];
    if (points.push({ lon, lat, label: unit.class, field }) === perClass) missing -= 1;
  }
  return [...found.values()].flat();
}

function isInside(world: World, x: number, y: number, name: SimulatedClass): boolean {
  const clearance = CLEARANCE[name] ?? DEFAULT_CLEARANCE;
  const group = world.describe(x, y).group;
  let same = 0;
  for (const share of [0.5, 1]) {
    for (let k = 0; k < 8; k++) {
      const dx = clearance * share * Math.cos((k * Math.PI) / 4);
      const dy = clearance * share * Math.sin((k * Math.PI) / 4);
      const unit = world.describe(x + dx, y + dy);
      // A town's plot holds a tree or two; a field holds one crop.
      if (unit.class === name && (unit.kind !== 'crop' || unit.group === group)) same += 1;
    }
  }
  return same >= (name === 'built_up' ? 13 : 16);
}

/** Writes the points as GeoJSON for `geocrop sample`. */
export async function writeFields(
  path: string,
  area: GroundArea,
  perClass: number,
): Promise<{ bytes: number; points: number }> {
  const points = fieldPoints(area, perClass);
  const text = `${JSON.stringify({
    type: 'FeatureCollection',
    name: 'fields of the simulated season',
    features: points.map(({ lon, lat, label, field }, id) => ({
      type: 'Feature',
      id,
      properties: { label, field, year: 2024 },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  }).replaceAll('{"type":"Feature",', '\n{"type":"Feature",')}\n`;
  await writeFile(path, text);
  return { bytes: Buffer.byteLength(text), points: points.length };
}
