/** Made by build.mjs from Natural Earth 1:50 million (public domain). */
declare module 'virtual:borders' {
  const borders: {
    /** Zimbabwe's polygons: rings of [longitude, latitude]. */
    readonly zimbabwe: number[][][][];
    /** Borders of southern Africa's countries, each line once. */
    readonly lines: number[][][];
  };
  export default borders;
}
