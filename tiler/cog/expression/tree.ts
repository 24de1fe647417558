import type { FunctionName } from './functions.js';

export type BinarySign =
  '+' | '-' | '*' | '/' | '//' | '%' | '**' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&' | '|' | '^';
export type UnarySign = '+' | '-' | '~';

/** An expression as it was written; `at` is the place of its sign or name. */
export type Tree =
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'band'; readonly at: number; readonly band: number }
  | { readonly kind: 'unary'; readonly at: number; readonly sign: UnarySign; readonly of: Tree }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly sign: BinarySign;
      readonly left: Tree;
      readonly right: Tree;
    }
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly name: FunctionName;
      readonly args: readonly Tree[];
    };

/** Adds the bands that a tree reads. */
export function collectBands(tree: Tree, into: Set<number>): void {
  if (tree.kind === 'band') into.add(tree.band);
  for (const child of children(tree)) collectBands(child, into);
}

function children(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'number':
    case 'band':
      return [];
    case 'unary':
      return [tree.of];
    case 'binary':
      return [tree.left, tree.right];
    case 'call':
      return tree.args;
  }
}
