import type { Problem, TileAddress } from './api.js';

/** `waiting`: not asked for yet. `absent`: nobody may compute it here and it is not archived. */
export type TilePhase = 'waiting' | 'queued' | 'reading' | 'computing' | 'ready' | 'failed' | 'absent';
export type TileQuality = 'final' | 'partial' | 'incomplete' | 'stale';

export interface TileStatus {
  readonly tile: TileAddress;
  readonly phase: TilePhase;
  /** 0 to 1 of reading, or of the native tiles that are ready under a zoomed-out one; null where unknown. */
  readonly progress: number | null;
  readonly problem: Problem | null;
  readonly quality: TileQuality;
  /** `memory`, `redis`, `archive`, `computed`; null until there is a picture. */
  readonly tier: string | null;
}

/** False where only the person, or an event, can bring it about. */
export function mayComeYet(status: TileStatus): boolean {
  return (
    isPending(status.phase) || (status.phase === 'failed' && (status.problem?.retryAfter ?? null) !== null)
  );
}

export function isPending(phase: TilePhase): boolean {
  return phase === 'waiting' || phase === 'queued' || phase === 'reading' || phase === 'computing';
}
