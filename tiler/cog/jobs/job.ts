import type { ReadAsk } from '../ask/read-ask.js';
import type { RenderAsk } from '../ask/render-ask.js';
import type { SizeAsk } from '../ask/size-ask.js';
import type { StatisticsAsk } from '../ask/statistics-ask.js';

/** Reference systems travel as they were written: `EPSG:4326`. */
export type CrsText = string;

/** What is to be made of one file. Plain data: it goes to a thread. */
export type CogJob =
  | { readonly kind: 'info' }
  /** Bounds in another reference system. */
  | { readonly kind: 'info-feature'; readonly crs: CrsText }
  | { readonly kind: 'tilejson'; readonly matrixSet: string }
  | {
      readonly kind: 'tile';
      readonly matrixSet: string;
      readonly z: number;
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly read: ReadAsk;
      readonly render: RenderAsk;
    }
  | {
      readonly kind: 'preview';
      readonly size: SizeAsk;
      readonly outputCrs?: CrsText;
      readonly read: ReadAsk;
      readonly render: RenderAsk;
    }
  | {
      readonly kind: 'part';
      /** West, south, east, north in `crs`. */
      readonly bounds: readonly [number, number, number, number];
      readonly crs: CrsText;
      /** Default: `crs`. */
      readonly outputCrs?: CrsText;
      readonly size: SizeAsk;
      readonly read: ReadAsk;
      readonly render: RenderAsk;
    }
  | {
      readonly kind: 'point';
      readonly x: number;
      readonly y: number;
      readonly crs: CrsText;
      readonly read: ReadAsk;
    }
  | {
      readonly kind: 'statistics';
      readonly size: SizeAsk;
      readonly read: ReadAsk;
      readonly statistics: StatisticsAsk;
    };

/** A job, and how many values (pixels × bands) it may have. */
export interface CogWork<J extends CogJob = CogJob> {
  readonly job: J;
  readonly mostValues: number;
}

export type ImageJob = Extract<CogJob, { readonly kind: 'tile' | 'preview' | 'part' }>;

export interface ImageAnswer {
  readonly kind: 'image';
  readonly body: Uint8Array;
  readonly contentType: string;
  /** West, south, east, north; null without georeference. */
  readonly bounds: readonly [number, number, number, number] | null;
  /** `http://www.opengis.net/def/crs/EPSG/0/3857`; null where the file has none with a code. */
  readonly crs: string | null;
}

/** Answers of JSON are values of JSON but for NaN and infinities, which become null on their way out. */
export type CogAnswer = ImageAnswer | { readonly kind: 'json'; readonly value: unknown };
