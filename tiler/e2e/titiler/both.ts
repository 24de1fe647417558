import { pathToFileURL } from 'node:url';

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type Ask = (path: string) => Promise<Answer>;

/** A file as both are asked for it. */
export interface ComparedFile {
  /** In the report and in the table of differences. */
  readonly name: string;
  /** Where it lies: TiTiler reads it from there. */
  readonly path: string;
  /** What we are asked for; default: `file://` and its path. */
  readonly url?: string;
  /** Its blocks are JPEG or lossy WebP: decoders differ by 2. */
  readonly lossy?: boolean;
  /** It differs from another in its pixels only: it is asked a few questions. */
  readonly kin?: boolean;
  /** Only one of the two says where it lies: it is asked a few questions. */
  readonly unplaced?: boolean;
  /** It is asked also what only one of the two answers. */
  readonly apart?: boolean;
}

export async function whole(response: Response): Promise<Answer> {
  return {
    status: response.status,
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

/** One question to both servers, each with its own spelling of the file. */
export async function askBoth(
  { titiler, ours }: { readonly titiler: Ask; readonly ours: Ask },
  file: ComparedFile,
  path: string,
): Promise<{ readonly theirs: Answer; readonly ours: Answer }> {
  const at = (url: string): string =>
    `/cog${path}${path.includes('?') ? '&' : '?'}url=${encodeURIComponent(url)}`;
  const [theirs, own] = await Promise.all([
    titiler(at(file.path)),
    ours(at(file.url ?? pathToFileURL(file.path).href)),
  ]);
  return { theirs, ours: own };
}
