/** An event of a browser's trace (Trace Event Format): times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** `X`: it has a duration. */
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** On the wall clock. */
  readonly dur?: number;
  /** On the thread's own clock, which stands still while the thread waits and while another program has the processor. */
  readonly tdur?: number;
}

/** Script in one frame of the page, milliseconds. */
export interface FrameScript {
  readonly cpu: number;
  readonly wall: number;
}

/** What {@link scriptOfFrames} reads. */
export const TRACED = ['-*', 'devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

const BEGIN = 'BeginMainThreadFrame';
/** Everything by which Chromium's main thread enters a page's script. */
const SCRIPT = new Set([
  'EvaluateScript',
  'EventDispatch',
  'FireAnimationFrame',
  'FireIdleCallback',
  'FunctionCall',
  'RunMicrotasks',
  'TimerFire',
]);

/**
 * Script of each frame of the page: all that ran since the frame began until the next one did, whatever began it (input, timers,
 * answers, the frame itself), with the style and layout that it forced and the garbage collected in it.
 * @throws RangeError for a trace without a frame, or without a thread's clock
 */
export function scriptOfFrames(events: readonly TraceEvent[]): FrameScript[] {
  const onPage = threadOfFrames(events);
  const begins = onPage.filter(({ name }) => name === BEGIN).map(({ ts }) => ts);
  begins.sort((a, b) => a - b);
  const frames = begins.map(() => ({ cpu: 0, wall: 0 }));
  const scripts = outermost(onPage);
  if (scripts.length > 0 && scripts.every(({ tdur }) => tdur === undefined))
    throw new RangeError('the trace has no times of threads');
  for (const { ts, dur, tdur = dur } of scripts) {
    const frame = frames[begins.findLastIndex((begin) => begin <= ts)];
    // What still ran when the trace ended has no end.
    if (frame === undefined || dur === undefined || tdur === undefined) continue;
    frame.wall += dur / 1000;
    frame.cpu += tdur / 1000;
  }
  return frames;
}

/** Of all threads of all pages the one that drew the most frames. */
function threadOfFrames(events: readonly TraceEvent[]): TraceEvent[] {
  const counts = new Map<string, number>();
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  for (const event of events)
    if (event.name === BEGIN) counts.set(threadOf(event), (counts.get(threadOf(event)) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined) throw new RangeError('no frame was drawn');
  return events.filter((event) => threadOf(event) === most[0]);
}

/** Pieces of script that are not part of another one. */
function outermost(events: readonly TraceEvent[]): TraceEvent[] {
  const scripts = events.filter(({ name, ph }) => ph === 'X' && SCRIPT.has(name));
  scripts.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let end = -Infinity;
  return scripts.filter(({ ts, dur = 0 }) => {
    const inside = ts < end;
    end = Math.max(end, ts + dur);
    return !inside;
  });
}
