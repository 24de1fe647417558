import { strings } from '../strings.js';
import { sentenceCase } from '../words.js';
import type { AreaCount } from './area-counter.js';
import { hectares } from './area-result.js';
import { classChanges } from './class-changes.js';
import type { AreaStatistics } from './statistics.js';

/** Classes that are heard: the largest. */
const HEARD = 3;

/** What is counted, in words: `Summer 2024/25 · Ensemble`, `Summer 2022/23 and Summer 2024/25 · Ensemble`. */
export function nameOfCounts(counts: readonly AreaCount[]): string {
  const [first, second] = counts.map(({ map }) => map);
  if (first === undefined || second === undefined) return first?.name ?? '';
  return first.key.model === second.key.model
    ? strings.area.bothOf(first.short, second.short, first.key.model)
    : strings.area.both(first.short, second.short);
}

/** What was counted, for who does not see it. */
export function heard([first, second]: readonly AreaStatistics[]): string {
  if (first === undefined) return '';
  const changes = second === undefined ? null : classChanges(first, second);
  const words =
    changes === null
      ? [...first.classes]
          .filter(({ pixels }) => pixels > 0)
          .sort((a, b) => b.hectares - a.hectares)
          .map((entry) => strings.area.announcedClass(sentenceCase(entry.name), hectares(entry.hectares)))
      : changes.map(({ name, hectares: [before, after] }) =>
          strings.area.announcedPair(sentenceCase(name), hectares(before), hectares(after)),
        );
  const shares = [first, second].map((statistics) => statistics?.completeness.notComputed.share ?? 0);
  const missing = Math.max(...shares);
  return strings.area.announced(
    hectares(first.area.hectares),
    [
      ...words.slice(0, HEARD),
      ...(missing > 0 ? [strings.area.missing(strings.format.percent(Math.round(missing * 100)))] : []),
    ].join(' '),
  );
}
