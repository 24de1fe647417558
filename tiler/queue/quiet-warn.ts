/** A message and what it is about, for the log. */
export type Warn = (message: string, context: Readonly<Record<string, unknown>>) => void;

const QUIET_MS = 60_000;

/** Says the same message at most once a minute: what is broken for an hour must not fill a disk. */
export function quietWarn(warn: Warn, now: () => number = Date.now): Warn {
  const said = new Map<string, number>();
  return (message, context) => {
    const at = now();
    const last = said.get(message);
    if (last !== undefined && at - last < QUIET_MS) return;
    said.set(message, at);
    warn(message, context);
  };
}
