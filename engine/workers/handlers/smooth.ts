import { confidenceOf } from '../../classes/confidence.js';
import { majorityFilter } from '../../classes/majority.js';
import type { SmoothInput } from '../tasks.js';

export function smooth(input: SmoothInput): null {
  const { rect, stride, halo, outStride } = input;
  const inner = { width: rect.width - 2 * halo, height: rect.height - 2 * halo };
  const raw = new Uint8Array(rect.width * rect.height);
  for (let row = 0; row < rect.height; row += 1) {
    const start = (rect.y + row) * stride + rect.x;
    raw.set(input.raw.subarray(start, start + rect.width), row * rect.width);
  }
  const classes = majorityFilter({ classes: raw, width: rect.width, height: rect.height, kernel: input.kernel, halo });
  for (let row = 0; row < inner.height; row += 1) {
    const from = classes.subarray(row * inner.width, (row + 1) * inner.width);
    const to = (input.outY + row) * outStride + input.outX;
    const start = (rect.y + halo + row) * stride + rect.x + halo;
    input.classes.set(from, to);
    input.confidence.set(confidenceOf(from, input.percent, input.size, start), to);
  }
  return null;
}
