import { Counter, Gauge, type Registry } from 'prom-client';
import type { TierStats, TileTier } from '../cache/tile-tier.js';

/** What each tier of encoded tiles counts itself, read at each scrape. */
export function registerTiers(registry: Registry, tiers: () => readonly TileTier[]): void {
  const registers = [registry];
  const counter = (name: string, help: string, figure: (stats: TierStats) => number): void => {
    new Counter({
      name,
      help,
      labelNames: ['tier'],
      registers,
      collect() {
        this.reset();
        for (const tier of tiers()) this.inc({ tier: tier.name }, figure(tier.stats()));
      },
    });
  };
  counter('geocrop_tier_hits_total', 'Encoded tiles that a tier had', ({ hits }) => hits);
  counter('geocrop_tier_misses_total', 'Encoded tiles that a tier did not have', ({ misses }) => misses);
  counter('geocrop_tier_written_total', 'Encoded tiles that a tier took', ({ written }) => written);
  counter(
    'geocrop_tier_dropped_total',
    'Encoded tiles that a tier did not take: too large, or too many on the way',
    ({ dropped }) => dropped,
  );
  counter(
    'geocrop_tier_damaged_total',
    'Entries of a tier that were damaged or not ours, and were removed',
    ({ damaged }) => damaged,
  );

  const faults = (name: string, help: string, figure: 'failures' | 'skipped'): void => {
    new Counter({
      name,
      help,
      labelNames: ['tier', 'operation'],
      registers,
      collect() {
        this.reset();
        for (const tier of tiers()) {
          const { reads, writes } = tier.stats();
          this.inc({ tier: tier.name, operation: 'read' }, reads[figure]);
          this.inc({ tier: tier.name, operation: 'write' }, writes[figure]);
        }
      },
    });
  };
  faults('geocrop_tier_failures_total', 'What failed in a tier, lost connections among it', 'failures');
  faults('geocrop_tier_skipped_total', 'What was not tried in a tier, after a failure', 'skipped');

  new Gauge({
    name: 'geocrop_tier_bytes',
    help: 'Bytes of encoded tiles in a tier, of all processes that share it',
    labelNames: ['tier'],
    registers,
    collect() {
      this.reset();
      for (const tier of tiers()) {
        const { bytes } = tier.stats();
        if (bytes !== null) this.set({ tier: tier.name }, bytes);
      }
    },
  });
}
