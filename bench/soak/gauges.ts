/** Values of a Prometheus page by name, with labels as they are written: `a_total{stage="write"}`. */
export function gaugesOf(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z_:]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) out.set(name, Number(value));
  }
  return out;
}
