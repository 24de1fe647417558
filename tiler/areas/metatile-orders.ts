import { asGeoCropError, GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { Clock } from '../http/clock.js';
import type { MetatileDesk, MetatileRequest } from '../tiles/metatile-desk.js';

export interface MetatileOrdersOptions {
  readonly desk: Pick<MetatileDesk, 'order' | 'ordersAtOnce'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Whose work it is, in the queue. */
  readonly owner: string;
}

export interface OrderPatience {
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** An order is kept for so long after somebody last asked for it: who is told to come back does so within seconds. */
const KEPT_MS = 120_000;
/** Seconds after which to come back: a metatile takes about as long. */
const COME_BACK_SECONDS = 10;

interface Order {
  readonly request: MetatileRequest;
  /** null: it is there, or there is nothing to have. */
  readonly outcome: Promise<GeoCropError | null>;
  readonly settle: (error: GeoCropError | null) => void;
  readonly abort: AbortController;
  forget: () => void;
}

/**
 * Metatiles that somebody wants to have archived, and asks for again and again: the work goes on between two requests, and what nobody
 * asks for any more is taken back.
 */
export class MetatileOrders {
  readonly #orders = new Map<string, Order>();
  readonly #waiting: Order[] = [];
  #underWay = 0;

  constructor(private readonly options: MetatileOrdersOptions) {}

  /**
   * Resolves when all of them are archived, those without scenes aside.
   * @throws not-ready when the patience ends; what the desk throws, for any of them
   */
  async fulfil(requests: readonly MetatileRequest[], { waitMs, signal }: OrderPatience): Promise<void> {
    const orders = requests.map((request) => this.#want(request));
    let done = 0;
    let over = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => reject(signal.reason as Error);
        const late = this.options.clock.after(waitMs, () => reject(notReady(done, orders.length)));
        over = () => {
          late();
          signal.removeEventListener('abort', leave);
        };
        signal.addEventListener('abort', leave, { once: true });
        if (signal.aborted) leave();
        for (const { outcome } of orders) {
          void outcome.then((error) => {
            if (error !== null) reject(error);
            else if ((done += 1) === orders.length) resolve();
          });
        }
        if (orders.length === 0) resolve();
      });
    } finally {
      over();
    }
  }

  #want(request: MetatileRequest): Order {
    const key = keyOf(request);
    const order = this.#orders.get(key) ?? this.#place(key, request);
    order.forget();
    order.forget = this.options.clock.after(KEPT_MS, () => {
      // Who asks from now on gets an order of their own.
      this.#orders.delete(key);
      order.abort.abort();
    });
    return order;
  }

  #place(key: string, request: MetatileRequest): Order {
    let settle: Order['settle'] = () => undefined;
    const outcome = new Promise<GeoCropError | null>((resolve) => (settle = resolve));
    const order: Order = {
      request,
      outcome,
      settle: (error) => {
        if (this.#orders.get(key) === order) this.#orders.delete(key);
        order.forget();
        settle(error);
      },
      abort: new AbortController(),
      forget: () => undefined,
    };
    this.#orders.set(key, order);
    this.#waiting.push(order);
    this.#go();
    return order;
  }

  #go(): void {
    while (this.#underWay < this.options.desk.ordersAtOnce) {
      const order = this.#waiting.shift();
      if (order === undefined) return;
      this.#underWay += 1;
      void this.#fill(order).then((error) => {
        this.#underWay -= 1;
        order.settle(error);
        this.#go();
      });
    }
  }

  async #fill({ request, abort: { signal } }: Order): Promise<GeoCropError | null> {
    try {
      signal.throwIfAborted();
      await this.options.desk.order(request, { class: 'job', owner: this.options.owner, signal });
      return null;
    } catch (error) {
      return isGeoCropError(error, 'no-scenes') ? null : asGeoCropError(error);
    }
  }
}

function keyOf({ definition, metatile, feature }: MetatileRequest): string {
  const { seasonKey, mapDigest } = definition;
  return `${seasonKey} ${mapDigest} ${metatile.x} ${metatile.y} ${feature ?? ''}`;
}

function notReady(done: number, all: number): GeoCropError {
  return new GeoCropError(
    'not-ready',
    `The area is still being computed: ${done} of the ${all} metatiles that were missing are there.`,
    {
      hint: 'Send the same request again after the seconds of Retry-After; the work goes on for two minutes.',
      context: { done, all, retryAfterSeconds: COME_BACK_SECONDS },
    },
  );
}
