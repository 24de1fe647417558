import { StreamingCog } from './streaming-cog.js';
import { compileKernels } from '../kernels/load.js';
import { WorkerPool } from '../workers/pool.js';

/**
 * For tests only, run as a process of its own: streams classes of `argv[3]` × `argv[4]` pixels into `argv[2]`, and says at the end, as JSON,
 * how much memory the process had at the beginning and at most, in bytes.
 */
const [path = '', width = 0, height = 0] = [
  process.argv[2],
  Number(process.argv[3]),
  Number(process.argv[4]),
];
const FIELD = 40;
const ROWS = 256;

const pool = new WorkerPool({ threads: 2, kernels: await compileKernels() });
const data = new Uint8Array(width * ROWS);
for (let row = 0; row < ROWS; row++) {
  for (let x = 0; x < width; x += FIELD) {
    const field = Math.floor(x / FIELD) + Math.floor(row / FIELD);
    data.fill(
      field % 7 === 6 ? 255 : field % 7,
      row * width + x,
      Math.min((row + 1) * width, row * width + x + FIELD),
    );
  }
}
const before = process.memoryUsage.rss();
let underWay = 0;
let most = 0;
const cog = await StreamingCog.create({
  path,
  width,
  height,
  bands: 1,
  format: 'uint8',
  nodata: 255,
  masked: false,
  reducer: 'mode',
  epsg: 3857,
  transform: [10, 0, 0, 0, -10, 0],
  level: 1,
  atOnce: 4,
  code: async (task) => {
    most = Math.max(most, (underWay += 1));
    const coded = await pool.run('strip', task);
    underWay -= 1;
    return coded;
  },
});
for (let y = 0; y < height; y += ROWS) {
  const rows = Math.min(ROWS, height - y);
  await cog.write({ data: data.subarray(0, rows * width), bands: 1, width, height: rows, nodata: 255 });
  process.stdout.write('.');
}
const finished = await cog.finish();
await finished.commit();
await pool.close();
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  `\n${JSON.stringify({ before, peak, bytes: finished.bytes, strips: cog.stripsHeld, stretches: most })}\n`,
);
