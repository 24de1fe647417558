/** An event of Chromium's trace format; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What the timeline calls the times at which script runs. */
const SCRIPT = new Set([
  'FunctionCall',
  'EvaluateScript',
  'EventDispatch',
  'FireAnimationFrame',
  'TimerFire',
  'RunMicrotasks',
  'v8.callFunction',
]);
/** The main thread begins a frame. */
const FRAME = 'BeginMainThreadFrame';

/**
 * Milliseconds of script in each frame of the page's main thread: from one of its beginnings to the next, what is nested counted once.
 * The thread is the one that begins the most frames.
 */
export function scriptOfFrames(events: readonly TraceEvent[]): number[] {
  const thread = (event: TraceEvent): string => `${event.pid}/${event.tid}`;
  const beginnings = new Map<string, number[]>();
  for (const event of events) {
    if (event.name !== FRAME) continue;
    beginnings.set(thread(event), [...(beginnings.get(thread(event)) ?? []), event.ts]);
  }
  const [main, starts] = [...beginnings].sort((a, b) => b[1].length - a[1].length)[0] ?? ['', []];
  starts.sort((a, b) => a - b);
  const frames = new Array<number>(starts.length).fill(0);
  let end = -Infinity;
  let frame = -1;
  const scripts = events
    .filter((event) => event.ph === 'X' && SCRIPT.has(event.name) && thread(event) === main)
    .sort((a, b) => a.ts - b.ts);
  for (const { ts, dur = 0 } of scripts) {
    if (ts < end) continue;
    end = ts + dur;
    while (frame + 1 < starts.length && (starts[frame + 1] ?? Infinity) <= ts) frame += 1;
    if (frame >= 0) frames[frame] = (frames[frame] ?? 0) + dur / 1000;
  }
  return frames;
}
