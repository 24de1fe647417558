import { confidenceOf } from '../../classes/confidence.js';
import { majorityFilter } from '../../classes/majority.js';
import { cropPlanes } from '../../metatile/planes.js';
import type { SmoothInput } from '../tasks.js';

export function smooth(input: SmoothInput): null {
  const { rect, stride, size, halo, outStride } = input;
  const inner = { width: rect.width - 2 * halo, height: rect.height - 2 * halo };
  const grid = { width: rect.width, height: rect.height, halo };
  const raw = cropPlanes(input.raw, 1, size, stride, rect);
  const classes = majorityFilter({ classes: raw, kernel: input.kernel, ...grid });
  const percent = cropPlanes(input.percent, input.percent.length / size, size, stride, rect);
  const confidence = confidenceOf({ classes, percent, ...grid });
  for (let row = 0; row < inner.height; row += 1) {
    const from = classes.subarray(row * inner.width, (row + 1) * inner.width);
    const to = (input.outY + row) * outStride + input.outX;
    input.classes.set(from, to);
    input.confidence.set(confidence.subarray(row * inner.width, (row + 1) * inner.width), to);
  }
  return null;
}
