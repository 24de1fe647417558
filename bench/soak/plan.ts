/** How a soak is run. */
export interface SoakPlan {
  /** Of computing as fast as it can, to know what twice that is. */
  readonly calibrateSeconds: number;
  /** Of mixed load. */
  readonly loadSeconds: number;
  /** From the beginning of the load: memory may grow until then. */
  readonly settleSeconds: number;
  /** How many times what it can compute is asked for. */
  readonly overload: number;
  readonly browsers: number;
  /** Of those, how many follow /events. */
  readonly followers: number;
  /** Between two pans of a browser, in the mean. */
  readonly panSeconds: number;
  /** A browser's user looks elsewhere after this. */
  readonly browserPatienceSeconds: number;
  /** `wait` of desktops, and when they give up by themselves. */
  readonly desktop: { readonly waitSeconds: number; readonly leaveSeconds: number; readonly tries: number };
  /** Side of the scenes that each metatile has: what one costs to compute. */
  readonly sideMetres: number;
  /** After the load, beside the time that it takes to compute twice what then waits. */
  readonly drainSeconds: number;
  readonly seed: number;
}

/** Half an hour, and what the issue asks to hold in it. */
export const DEFAULT_MINUTES = 30;
/** "No growth in memory after the first five minutes". */
const SETTLE_SECONDS = 300;

/** @param minutes of calibrating and load together */
export function planOf(minutes: number, seed = 1): SoakPlan {
  const seconds = minutes * 60;
  const calibrateSeconds = Math.min(60, seconds / 5);
  const loadSeconds = seconds - calibrateSeconds;
  const short = loadSeconds < 2 * SETTLE_SECONDS;
  return {
    calibrateSeconds,
    loadSeconds,
    settleSeconds: short ? loadSeconds / 3 : SETTLE_SECONDS,
    overload: 2,
    browsers: 60,
    followers: 20,
    panSeconds: 8,
    browserPatienceSeconds: Math.min(30, loadSeconds / 2),
    desktop: short
      ? {
          waitSeconds: Math.min(50, Math.round(0.4 * loadSeconds)),
          leaveSeconds: Math.min(60, loadSeconds / 2),
          tries: 3,
        }
      : { waitSeconds: 50, leaveSeconds: 60, tries: 3 },
    sideMetres: short ? 2000 : 4000,
    drainSeconds: 180,
    seed,
  };
}
