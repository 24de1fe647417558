/** Addresses of parts that follow each other, each on a multiple of 16. @param parts names and bytes */
export function planMemory<Name extends string>(
  from: number,
  parts: readonly (readonly [Name, number])[],
): Readonly<Record<Name, number>> {
  const plan: Partial<Record<Name, number>> = {};
  let at = from;
  for (const [name, bytes] of parts) {
    at = Math.ceil(at / 16) * 16;
    plan[name] = at;
    at += bytes;
  }
  return plan as Record<Name, number>;
}
