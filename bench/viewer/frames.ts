/** What a browser says of a frame that took longer than 50 ms (W3C Long Animation Frames), milliseconds. */
export interface LongFrame {
  readonly duration: number;
  /** Each piece of script that ran in it for 5 ms or more. */
  readonly scripts: readonly number[];
}

/** In the page, before something is done: counts frames, and keeps the long ones. */
export const WATCH_FRAMES = `(() => {
  if (!PerformanceObserver.supportedEntryTypes.includes('long-animation-frame'))
    throw new Error('this Chromium does not tell of long frames: 123 or later is needed');
  const watch = { frames: 0, long: [], on: true };
  const keep = (entries) => {
    for (const { duration, scripts } of entries)
      watch.long.push({ duration, scripts: scripts.map((script) => script.duration) });
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ type: 'long-animation-frame', buffered: false });
  const count = () => {
    watch.frames += 1;
    if (watch.on) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  window.frameWatch = () => {
    watch.on = false;
    keep(observer.takeRecords());
    observer.disconnect();
    return { frames: watch.frames, long: watch.long };
  };
})()`;

/** Script of the frame that had the most, in ms; 0 where no frame was long: then each had less than 50. */
export function longestScript(frames: readonly LongFrame[]): number {
  return Math.max(0, ...frames.map(({ scripts }) => scripts.reduce((sum, duration) => sum + duration, 0)));
}
