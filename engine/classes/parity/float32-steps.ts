import { nextDown } from '../../forest/round-threshold.js';

/** The float32 that is `steps` numbers above x, or below where negative. */
export function steppedFloat32(x: number, steps: number): number {
  let value = Math.fround(x);
  for (let i = 0; i < Math.abs(steps); i++) value = steps < 0 ? nextDown(value) : -nextDown(-value);
  return value;
}
