import { METATILE_SIZE, TILE_SIZE, type TileId } from '../geo/tile-matrix.js';

/**
 * The map pixels (zoom 14) that a job computes, in a fixed order: a window row by row, or a list as one row.
 * Every kernel works on this order, so a point's row and a tile's pixel come from the same code.
 */
export type Target =
  | {
      readonly kind: 'window';
      /** Global column and row of the upper left pixel. */
      readonly px0: number;
      readonly py0: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'list'; readonly px: Int32Array; readonly py: Int32Array };

/** A part of a target, in its own columns and rows. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Kernels read 16 pixels at a time; planes are padded to this. */
const PADDING = 16;

export function targetWidth(target: Target): number {
  return target.kind === 'window' ? target.width : target.px.length;
}

export function targetHeight(target: Target): number {
  return target.kind === 'window' ? target.height : 1;
}

export function targetSize(target: Target): number {
  return targetWidth(target) * targetHeight(target);
}

/** Pixels of a plane: the target's size rounded up to whole groups, and one more group to read past the end safely. */
export function paddedSize(target: Target): number {
  return (Math.ceil(targetSize(target) / PADDING) + 1) * PADDING;
}

export function wholeRect(target: Target): Rect {
  return { x: 0, y: 0, width: targetWidth(target), height: targetHeight(target) };
}

/** The window of a metatile grown by the halo on every side. */
export function metatileTarget(metatile: TileId, halo: number): Target {
  return {
    kind: 'window',
    px0: metatile.x * METATILE_SIZE - halo,
    py0: metatile.y * METATILE_SIZE - halo,
    width: METATILE_SIZE + 2 * halo,
    height: METATILE_SIZE + 2 * halo,
  };
}

/** Where a native tile with its halo lies in its metatile's target. */
export function nativeTileRect(tile: TileId, metatile: TileId, halo: number): Rect {
  return {
    x: tile.x * TILE_SIZE - metatile.x * METATILE_SIZE,
    y: tile.y * TILE_SIZE - metatile.y * METATILE_SIZE,
    width: TILE_SIZE + 2 * halo,
    height: TILE_SIZE + 2 * halo,
  };
}

/** A square of (2 · halo + 1)² pixels around one pixel: what a point needs to be classified and smoothed. */
export function pointTarget(px: number, py: number, halo: number): Target {
  return { kind: 'window', px0: px - halo, py0: py - halo, width: 2 * halo + 1, height: 2 * halo + 1 };
}
