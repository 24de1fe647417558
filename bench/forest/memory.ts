import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, startChild } from '../child.js';
import type { Row } from '../report.js';
import { compiled } from './kernel.js';
import type { MemoryTask } from './memory-child.js';
import { rowsOf, type Tile } from './tiles.js';
import { FOLDER, type TrainedModel } from './trained-model.js';

/** Peak memory of processes of their own that load the model and classify a tile. */
export async function memoryRows({ path, forest, onnx }: TrainedModel, fields: Tile): Promise<Row[]> {
  const tiles = { forest: join(FOLDER, 'fields-columns.bin'), onnxruntime: join(FOLDER, 'fields-rows.bin') };
  await writeFile(tiles.forest, fields.columns);
  await writeFile(tiles.onnxruntime, rowsOf(fields));
  const row = async (what: string, model: number, task: MemoryTask): Promise<Row> => {
    const child = startChild(new URL('./memory-child.js', import.meta.url));
    try {
      const bytes = await ask<number>(child, task);
      return {
        what: `memory: ${what}`,
        value: bytes / 2 ** 20,
        unit: 'MB',
        note: `at most; the model is ${(model / 2 ** 20).toFixed(1)} MB`,
      };
    } finally {
      child.kill();
    }
  };
  return [
    await row('a process with the forest kernel', compiled(forest).image.byteLength, {
      runtime: 'forest',
      model: path,
      tile: tiles.forest,
    }),
    await row('a process with onnxruntime-node', onnx.byteLength, {
      runtime: 'onnxruntime-node',
      model: path,
      tile: tiles.onnxruntime,
    }),
  ];
}
