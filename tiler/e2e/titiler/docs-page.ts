import { DIFFERENCES } from './differences.js';

/** Between these lines of docs/titiler.md stands what is in differences.ts. */
export const BEGIN = '<!-- differences: written by node dist/tiler/e2e/titiler/write-docs.js -->';
export const END = '<!-- /differences -->';

/** The page with the table as it is now. @throws Error where the page has no place for it */
export function withDifferences(page: string): string {
  const [head, rest] = page.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`the page lacks ${BEGIN} … ${END}`);
  return `${head}${BEGIN}\n\n${table()}\n\n${END}${tail}`;
}

/** Markdown as Prettier leaves it. */
function table(): string {
  const rows = [
    ['', 'TiTiler', 'here', 'why'],
    ...DIFFERENCES.map(({ what, titiler, ours, why }) => [what, titiler, ours, why]),
  ].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(3, ...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}
