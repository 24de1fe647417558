/**
 * The WASM kernels as TypeScript sees them. Sources: engine/kernels/assembly. All pointers are byte offsets into one
 * imported, shared memory; every function is pure in what it reads and writes there, keeps no state, and allocates
 * nothing. The plain TypeScript twin of each is in engine/pixels; tests hold the two together.
 *
 * Words. *target*: the n pixels that are computed (a window row by row with `stride`, or a list as one row), padded to
 * `nPad`, a multiple of 16. *rank*: 1-based place of a scene among its date's scenes, in fusion order; at most 16.
 */
export interface Kernels {
  /**
   * For each target pixel: the block of a source grid that contains its centre, and its place in that block.
   * @param easting f64[n], @param northing f64[n]: centres in the grid's CRS
   * @param x0 @param y0 upper left corner of the grid; @param resX @param resY pixel size, both positive (north up)
   * @param blockOf u16[n] out: row-major block number, 0xFFFF outside the image; @param offset u32[n] out: row·blockWidth + col inside the block
   * col = floor((E − x0) / resX), row = floor((y0 − N) / resY), in float64.
   */
  indexBlocks(
    easting: number,
    northing: number,
    n: number,
    x0: number,
    y0: number,
    resX: number,
    resY: number,
    width: number,
    height: number,
    blockWidth: number,
    blockHeight: number,
    blocksAcross: number,
    blockOf: number,
    offset: number,
  ): void;

  /**
   * Valid mask of an SCL raster: 1 where the class is 2, 4, 5, 6, 7 or 11 and no cloud or shadow (3, 8, 9, 10) lies within
   * `buffer` pixels (a square). Outside the raster there is no cloud.
   * @param scl u8[w·h]; @param valid u8[w·h] out; @param scratch u8[w·h]
   */
  sclValid(scl: number, w: number, h: number, buffer: number, valid: number, scratch: number): void;

  /** Sets bit rank−1 of candidates[i] where blockOf[i] is not 0xFFFF and valid[offset[i]] is 1. candidates: u16[n]. */
  sclCandidates(
    valid: number,
    blockOf: number,
    offset: number,
    n: number,
    rank: number,
    candidates: number,
  ): void;

  /** scene[i] = rank of the lowest bit of candidates[i], 0 where none; got[i] = 0. scene, got: u8[n]. */
  beginDate(candidates: number, scene: number, got: number, n: number): void;

  /**
   * Which blocks must be read for the pixels of a rectangle of the target that wait for the scene `rank`.
   * flags[block] |= bands & ~got[i] for each such pixel; a pixel outside the image gives up this scene: scene[i] = next
   * candidate rank or 0, got[i] = 0. @param bands bit per band of the stack that lies on this grid. @param flags u8[blocks], zeroed by the caller
   * @returns number of pixels that moved on to another scene (the caller asks again for that one).
   */
  demand(
    candidates: number,
    scene: number,
    got: number,
    stride: number,
    rectX: number,
    rectY: number,
    rectW: number,
    rectH: number,
    rank: number,
    bands: number,
    blockOf: number,
    flags: number,
  ): number;

  /**
   * Samples one decoded block into one band's plane, for every target pixel inside the rectangle that waits for it:
   * scene[i] == rank, band bit not in got[i], blockOf[i] == block. A DN equal to `nodata` (−1: none) makes the pixel give the scene up.
   * @param source u16[blockHeight·blockWidth]; @param plane u16[nPad] of the date and band; @param bandBit 1 << band
   * @returns number of pixels that gave the scene up.
   */
  sampleBlock(
    source: number,
    candidates: number,
    scene: number,
    got: number,
    stride: number,
    rectX: number,
    rectY: number,
    rectW: number,
    rectH: number,
    rank: number,
    bandBit: number,
    nodata: number,
    block: number,
    blockOf: number,
    offset: number,
    plane: number,
  ): number;

  /**
   * The 51 features of `count` pixels from `start` (both multiples of 4; nPad ≥ start + count).
   * An observation of date d counts where scene ≠ 0 and got == allBands.
   * @param dates D; @param t i32[D] days since the season's start, rising; @param nodes K
   * @param dn u16: plane of date d and stack band b at dn + 2·nPad·(d·bandCount + b)
   * @param scene u8[D][nPad]; @param got u8[D][nPad]
   * @param reflectance f64[D][16][2]: scale and offset by date and rank − 1
   * @param planeOf i32[7]: stack band of BANDS[i], or −1 where the collection has none: features that need it are NaN
   * @param tables f64: constants of season and nodes, laid out by featureTables(K) in engine/pixels/feature-tables.ts
   * @param scratch 16-byte aligned, featureScratchBytes(D, K) bytes
   * @param out f32[51][outStride] and @param obs u8[count], both out: index 0 is the pixel `start`. obs: number of
   * observations, 255 for 255 or more
   * Fewer than 3 observations: NaN in all 51. Computed in float64, rounded to float32 once, at the end, so that the
   * rules that compare (EVI's denominator, ties of 1e-5) decide as the float64 reference does.
   */
  features(
    dates: number,
    t: number,
    nodes: number,
    dn: number,
    nPad: number,
    bandCount: number,
    scene: number,
    got: number,
    allBands: number,
    reflectance: number,
    planeOf: number,
    tables: number,
    scratch: number,
    start: number,
    count: number,
    out: number,
    outStride: number,
    obs: number,
  ): void;

  // Tree ensembles. `model` is an image made by engine/forest/runtime/compile-forest.ts, 16-byte aligned.

  /**
   * How many of its column's thresholds lie below each value.
   * @param input f32[used columns][stride]; stride ≥ count, and count a multiple of 4
   * @param ranks u16[used columns][count] out; of a NaN, some rank
   * @returns 1 where some value is NaN, else 0
   */
  forestRanks(model: number, input: number, stride: number, count: number, ranks: number): number;

  /**
   * An order of the pixels in which those that take the same branches lie together: any order gives the same scores, this one fast.
   * @param ranks u16[used columns][stride]; @param count ≤ stride
   * @param order u32[count] out; @param scratch forestOrderScratch(count) bytes
   */
  forestOrder(
    model: number,
    ranks: number,
    stride: number,
    count: number,
    order: number,
    scratch: number,
  ): void;
  forestOrderScratch(count: number): number;

  /**
   * Sums over trees of the leaves that pixels reach, in the image's units. A pixel's sums depend on its ranks only.
   * @param scores i32[count][outputs] out; @param scratch 16-byte aligned, forestScratch(model) bytes
   */
  forestScores(
    model: number,
    ranks: number,
    stride: number,
    order: number,
    count: number,
    scores: number,
    scratch: number,
  ): void;
  forestScratch(model: number): number;
}
