/** One thing in which two answers differ. */
export type Difference =
  | {
      readonly kind: 'status';
      readonly theirs: number;
      readonly ours: number;
      /** Of our problem document; empty where ours is none. */
      readonly code: string;
      readonly detail: string;
    }
  | {
      readonly kind: 'header';
      readonly name: 'content-type' | 'content-crs' | 'content-bbox';
      readonly theirs: string;
      readonly ours: string;
    }
  /** A member of a JSON document, by its path: `.b1.histogram.0.3`. */
  | { readonly kind: 'json'; readonly at: string; readonly theirs: unknown; readonly ours: unknown }
  /** Size, bands or type of a picture or an array. */
  | { readonly kind: 'shape'; readonly theirs: string; readonly ours: string }
  /** Values of an array or samples of a picture, masks among them: how many are beyond what is allowed, and by how much at most. */
  | { readonly kind: 'values'; readonly wrong: number; readonly of: number; readonly largest: number };

/** For people. */
export function worded(difference: Difference): string {
  const { kind } = difference;
  switch (kind) {
    case 'status': {
      const { code, detail, theirs, ours } = difference;
      return `status: TiTiler ${theirs}, we ${ours}${code === '' ? '' : ` (${code}: ${detail})`}`;
    }
    case 'header':
      return `${difference.name}: TiTiler ${difference.theirs}, we ${difference.ours}`;
    case 'json':
      return `${difference.at}: TiTiler ${shown(difference.theirs)}, we ${shown(difference.ours)}`;
    case 'shape':
      return `TiTiler ${difference.theirs}, we ${difference.ours}`;
    case 'values':
      return `${difference.wrong} of ${difference.of} values, by up to ${difference.largest}`;
  }
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 120);
