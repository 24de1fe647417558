import type { CogHeader } from '../cog-header.js';

/** Raised when CogHeader changes, so that headers kept by older code are read again. */
const VERSION = 2;

/** JSON has no NaN and no infinity, which nodata may be: it travels as text. */
export function encodeHeader(header: CogHeader): Uint8Array {
  const { nodata, ...rest } = header;
  return new TextEncoder().encode(
    JSON.stringify({ version: VERSION, ...rest, nodata: nodata === null ? null : String(nodata) }),
  );
}

/** The header, or undefined where the bytes are none of `href` in this version: a store may hold anything. */
export function decodeHeader(bytes: Uint8Array, href: string): CogHeader | undefined {
  try {
    const { version, nodata, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as Omit<
      CogHeader,
      'nodata'
    > & {
      version: number;
      nodata: string | null;
    };
    if (version !== VERSION || rest.href !== href || !Array.isArray(rest.levels)) return undefined;
    return { ...rest, nodata: nodata === null ? null : Number(nodata) };
  } catch {
    return undefined;
  }
}
