import type { Position } from 'geojson';
import type { AreaGeometry } from '../panel-host.js';

/** A millionth of a degree: eleven centimetres. */
const STEPS = 1e6;
/** Longer, and mail programs and messengers cut the link. */
const LONGEST = 1800;

/**
 * An area as a word for a link: counts of polygons, rings and corners, and the differences from corner to corner, as zigzag varints
 * (protobuf's) in base64url. null where it would be too long for one. Rings are closed, so their last corner is left out.
 */
export function areaToWord(area: AreaGeometry): string | null {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  const bytes: number[] = [];
  const put = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  const signed = (value: number): void => put(value < 0 ? -2 * value - 1 : 2 * value);
  let [x, y] = [0, 0];
  put(polygons.length);
  for (const rings of polygons) {
    put(rings.length);
    for (const ring of rings) {
      put(ring.length - 1);
      for (const [lon = 0, lat = 0] of ring.slice(0, -1)) {
        const [nextX, nextY] = [Math.round(lon * STEPS), Math.round(lat * STEPS)];
        signed(nextX - x);
        signed(nextY - y);
        [x, y] = [nextX, nextY];
      }
      if (bytes.length > LONGEST) return null;
    }
  }
  const word = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
  return word.length > LONGEST ? null : word;
}

/** The area of a word; null for what is none. */
export function areaOfWord(word: string): AreaGeometry | null {
  if (word.length > 2 * LONGEST || !/^[\w-]+$/.test(word)) return null;
  try {
    const text = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
    return new WordReader(Uint8Array.from(text, (c) => c.charCodeAt(0))).area();
  } catch {
    return null;
  }
}

class WordReader {
  #at = 0;
  #x = 0;
  #y = 0;

  constructor(private readonly bytes: Uint8Array) {}

  area(): AreaGeometry | null {
    const polygons = this.#list(() => this.#list(() => this.#ring()));
    if (polygons.length === 0 || this.#at !== this.bytes.length) return null;
    const [first] = polygons;
    return polygons.length === 1 && first !== undefined
      ? { type: 'Polygon', coordinates: first }
      : { type: 'MultiPolygon', coordinates: polygons };
  }

  #ring(): Position[] {
    const ring = this.#list((): Position => {
      this.#x += this.#signed();
      this.#y += this.#signed();
      if (Math.abs(this.#x) > 180 * STEPS || Math.abs(this.#y) > 90 * STEPS) throw new RangeError('degrees');
      return [this.#x / STEPS, this.#y / STEPS];
    });
    const [first] = ring;
    if (first === undefined || ring.length < 3) throw new RangeError('corners');
    return [...ring, first];
  }

  #list<T>(read: () => T): T[] {
    const length = this.#number();
    // Each entry has a byte at least.
    if (length > this.bytes.length - this.#at) throw new RangeError('length');
    return Array.from({ length }, read);
  }

  #number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.#at];
      if (byte === undefined || scale > 128 ** 5) throw new RangeError('end');
      this.#at += 1;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  #signed(): number {
    const value = this.#number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
