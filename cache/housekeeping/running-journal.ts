import type { ObjectStore } from '../object-store.js';
import type { Metatile } from '../archive-keys.js';
import { UsageJournal } from './usage-journal.js';

const FLUSH_MS = 5 * 60_000;
/** Whoever stops does not wait longer for a journal. */
const CLOSE_MS = 1_000;

export interface RunningJournal {
  readonly used: (recipe: string, season: string, metatile: Metatile) => void;
  close(): Promise<void>;
}

/** A {@link UsageJournal} that is written every few minutes and at the end. @param onFailure told once only */
export function runJournal(
  store: ObjectStore,
  now: () => Date,
  onFailure: (error: unknown) => void,
): RunningJournal {
  let told = false;
  const journal = new UsageJournal({
    store,
    now: () => now().getTime(),
    onFailure: (error) => {
      if (!told) onFailure(error);
      told = true;
    },
  });
  const timer = setInterval(() => void journal.flush(), FLUSH_MS).unref();
  return {
    used: (...place) => journal.used(...place),
    close: async () => {
      clearInterval(timer);
      let patience: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, CLOSE_MS).unref();
      });
      await Promise.race([journal.flush(), enough]);
      clearTimeout(patience);
    },
  };
}
