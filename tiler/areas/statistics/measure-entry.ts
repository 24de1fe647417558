import { parentPort, workerData } from 'node:worker_threads';
import type { Polygon } from 'geojson';
import { toErrorData } from '../../../engine/errors.js';
import { measureArea } from './measure-area.js';
import type { Measured } from './measure-thread.js';

/** The thread of measure-thread.ts: one area, one answer. */
function measured(polygons: readonly Polygon[]): Measured {
  try {
    return { area: measureArea(polygons) };
  } catch (error) {
    return { error: toErrorData(error) };
  }
}

parentPort?.postMessage(measured(workerData as readonly Polygon[]));
