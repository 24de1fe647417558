import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** viewer/testing/*.mjs with types: they also run by themselves, so they are not compiled. */
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** status, code, detail, hint, Retry-After in seconds. */
export type FakeProblem = readonly [
  status: number,
  code: string,
  detail: string,
  hint?: string,
  retryAfter?: number,
];

export interface FakeServer {
  /** With a slash at its end. */
  readonly url: string;
  /** Path and query of every request so far. */
  readonly requests: string[];
  /** Tests change these. */
  readonly settings: {
    failing: Map<string, string>;
    down: boolean;
    quality: string;
    point: FakeProblem | null;
    tilejson: FakeProblem | null;
    statistics: FakeProblem | null;
    /** By year. */
    statisticsOf: Readonly<Record<number, FakeProblem>>;
    /** Share of an area's metatiles that are computed, 0 to 1. */
    computed: number;
  };
  set(tile: Tile, state: string, extra?: { progress?: number; message?: string }): void;
  /** Asked for and not ready. */
  pending(): Tile[];
  close(): Promise<void>;
}

export interface FakeLand {
  readonly CLASSES: readonly { readonly id: number; readonly name: string; readonly color: string }[];
  landAt(px: number, py: number): { readonly id: number };
}

const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join('viewer/testing', file)).href)) as T;

export async function startFakeServer(
  options: { archived?: boolean; auto?: number; card?: object } = {},
): Promise<FakeServer> {
  const module = await load<{ startFakeServer(given: object): Promise<FakeServer> }>('fake-server.mjs');
  return module.startFakeServer(options);
}

export const fakeLand = (): Promise<FakeLand> => load<FakeLand>('fake-land.mjs');
