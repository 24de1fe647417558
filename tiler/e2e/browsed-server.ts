/**
 * What tests in browsers know of the server that they browse, apart from its code: two-summers.ts starts it. That is compiled for
 * Node alone, and the page's tests know the browser's types too.
 */

/** Years in which the summers begin that have scenes, the newer first. It is the first of January 2023 there. */
export const SUMMERS = [2021, 2020] as const;

/** A real server with the built page before it, on a small world of two summers: two models, Dynamic World, nothing computed yet. */
export interface BrowsedServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** What scenes show, in pixels of the zoom-14 grid: all of it inside one metatile. */
  readonly scenes: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Where the page opens: the middle of the scenes. */
  readonly center: readonly [lon: number, lat: number];
  /** From now on the catalogue does not answer, until what is returned is called: nothing can be computed meanwhile. */
  hold(): () => void;
  /** Class ids of the model that is the default, as `.npy` tiles have them; computed where they are not yet. */
  classes(year: number): Promise<ClassGrid>;
  stop(): Promise<void>;
}

export interface ClassGrid {
  /** Of a pixel of the zoom-14 grid; 255: no class; NaN outside the tiles that scenes reach into. */
  at(x: number, y: number): number;
}
