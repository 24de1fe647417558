import { classShares } from '../class-share.js';
import { byId } from '../dom.js';
import type { ShownMap } from '../panel-host.js';
import type { Project } from '../tile-overlay.js';
import type { TileStatus } from '../tile-status.js';
import { MapHalf } from './map-half.js';
import type { HalfEvents, HalfStyle } from './map-half.js';
import type { PictureSource } from './picture-layers.js';
import { WHOLE } from './tile-look.js';

/** One map, or two on the sides of a divider, whose place is a share of the width: 0 to 1. */
export class MapPair {
  /** Or the only one. */
  readonly left: MapHalf;
  readonly right: MapHalf;
  #divider = 0.5;

  constructor(events: HalfEvents) {
    this.left = new MapHalf(byId('cells'), events);
    this.right = new MapHalf(byId('cells-right'), events);
  }

  get #halves(): readonly MapHalf[] {
    return [this.left, this.right];
  }

  /** There are two. */
  get compares(): boolean {
    return this.right.front !== null;
  }

  /** From the left. */
  get shown(): readonly ShownMap[] {
    return this.#halves.flatMap(({ shown }) => shown ?? []);
  }

  /** From below. */
  get pictures(): readonly PictureSource[] {
    return this.#halves.flatMap(({ pictures }) => pictures);
  }

  statuses(): readonly TileStatus[] {
    return this.#halves.flatMap((half) => half.statuses());
  }

  style(style: HalfStyle): void {
    for (const half of this.#halves) half.style(style);
  }

  /** The divider is here; without a second map it divides nothing. */
  divide(at: number): void {
    this.#divider = at;
    this.left.clip(this.compares ? [0, at] : WHOLE);
    this.right.clip([at, 1]);
  }

  /** The map at a share of the width. */
  at(share: number): MapHalf {
    return this.compares && share >= this.#divider ? this.right : this.left;
  }

  /** The page follows the tiles' states, once a frame. */
  follow(project: Project): void {
    for (const half of this.#halves) half.follow(project);
  }

  /** The map has all tiles that are ready. */
  leaveWhenReady(): void {
    for (const half of this.#halves) half.leaveWhenReady();
  }

  /** What stands over the tiles in the page follows the map, after each of its frames. */
  place(project: Project): void {
    for (const { overlay } of this.#halves) overlay.place(project);
  }

  /**
   * Shares of the classes in what shows of the left map: 0 to 1 by id; null where it has no classes.
   * @param view [west, south, east, north] of both maps
   */
  shares([west, south, east, north]: readonly [number, number, number, number]): Map<number, number> | null {
    const { front } = this.left;
    if (front === null || front.classes === null) return null;
    const edge = this.compares ? west + (east - west) * this.#divider : east;
    return classShares(front.shareTiles(), [west, south, edge, north]);
  }
}
