import type { ExportSummary } from './export-area.js';

/** What a person reads at the end; of the area inside the coverage. @param fill the command that computes what is missing */
export function describeExport(summary: ExportSummary, fill: string | null): string {
  const { all, there, stale, missing, damaged } = summary.metatiles;
  const lines = [`${percentText(summary)} of the area: ${number(there)} of ${metatiles(all)} are archived.`];
  if (stale > 0) {
    lines.push(`${metatiles(stale)} of other scenes than today's: computed anew where somebody looks.`);
  }
  if (damaged > 0) lines.push(`${metatiles(damaged)} damaged or gone meanwhile, and counted as missing.`);
  if (missing > 0) {
    lines.push('What is missing is nodata.');
    if (fill !== null) lines.push('To have it computed:', `  ${fill}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Rounded down: 100 % is said of what is whole only. */
export function percentOf({ pixels: { there, all } }: ExportSummary): number {
  return Math.floor((1000 * there) / all) / 10;
}

const percentText = (summary: ExportSummary): string => `${percentOf(summary).toLocaleString('en')} %`;
const number = (value: number): string => value.toLocaleString('en');
const metatiles = (count: number): string => `${number(count)} metatile${count === 1 ? '' : 's'}`;
