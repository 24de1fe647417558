/** Weight of a sample at a distance, in (scaled) source pixels. */
export type Filter = (distance: number) => number;

export const bilinear: Filter = (x) => {
  const distance = Math.abs(x);
  return distance <= 1 ? 1 - distance : 0;
};

/** Catmull-Rom: a = −0.5. */
export const cubic: Filter = (x) => {
  const distance = Math.abs(x);
  const square = x * x;
  if (distance <= 1) return square * (1.5 * distance - 2.5) + 1;
  if (distance <= 2) return square * (-0.5 * distance + 2.5) - 4 * distance + 2;
  return 0;
};

/** The B-spline, six times: weights are divided by their sum. */
export const cubicSpline: Filter = (x) => {
  const far = x + 2;
  if (far <= 0) return 0;
  const near = x + 1;
  const over = x - 1;
  let weight = far * far * far;
  if (near > 0) {
    weight += -4 * near * near * near;
    if (x > 0) {
      weight += 6 * x * x * x;
      if (over > 0) weight += -4 * over * over * over;
    }
  }
  return weight;
};

/** Radius 3. */
export const lanczos: Filter = (x) => {
  if (x === 0) return 1;
  const angle = Math.PI * x;
  const third = angle / 3;
  return (Math.sin(angle) * Math.sin(third)) / (angle * third);
};
