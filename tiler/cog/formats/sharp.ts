import type sharp from 'sharp';
import type { Sharp } from 'sharp';

/** Loaded by the first picture that needs it: whoever asks for PNG only never pays for it. */
let loading: Promise<typeof sharp> | null = null;

async function load(): Promise<typeof sharp> {
  const { default: loaded } = await import('sharp');
  // Pictures are small and many at once: one thread each, and nothing kept between them.
  loaded.concurrency(1);
  loaded.cache(false);
  return loaded;
}

/** @param data pixel-interleaved bytes: gray, RGB or RGBA */
export async function sharpOf(
  data: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
): Promise<Sharp> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return (await loading)(data, { raw: { width, height, channels } });
}
