/** Of a machine that draws as fast as screens show: two frames, in milliseconds. */
const TWO_FRAMES_MS = 34;
/** How much longer than the drawing itself what comes meanwhile waits. */
const REST = 2;
const LONGEST_REST_MS = 600;

export interface Clock {
  /** The begin of the next frame, in milliseconds. */
  frame(): Promise<number>;
  wait(ms: number): Promise<void>;
}

const PAGE: Clock = {
  frame: () => new Promise((resolve) => requestAnimationFrame(resolve)),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Hands on together what came, at the begin of a frame. The map is drawn anew each time, which takes a tenth of a second of all
 * processors where there is no graphics card: there it rests in between, so that most of the time is left for what still is to come.
 */
export class Arrivals {
  #waiting: (() => void)[] = [];
  #goes = false;

  constructor(readonly clock = PAGE) {}

  /** The same, when its turn has come. */
  async join<T>(coming: Promise<T>): Promise<T> {
    const value = await coming;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#goes) void this.#go();
    });
    return value;
  }

  async #go(): Promise<void> {
    this.#goes = true;
    let began = await this.clock.frame();
    while (this.#waiting.length > 0) {
      const ready = this.#waiting;
      this.#waiting = [];
      for (const resolve of ready) resolve();
      // The frame after next begins when this one has been drawn.
      await this.clock.frame();
      const drawn = await this.clock.frame();
      const rest = Math.min(LONGEST_REST_MS, REST * (drawn - began - TWO_FRAMES_MS));
      if (rest > 0) await this.clock.wait(rest);
      began = rest > 0 ? await this.clock.frame() : drawn;
    }
    this.#goes = false;
  }
}
