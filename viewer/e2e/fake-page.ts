import type { Page } from 'playwright-core';
import type { Size, TestBrowser } from './browser.js';
import { startFakeServer } from './fake-server.js';
import type { FakeServer } from './fake-server.js';

/** The day that it is in tests: after the fake server's season. Time goes on from there, since what moves the map needs it. */
const TODAY = Date.parse('2025-07-01T08:00:00Z');
const CLOCK = `{
  const Real = Date;
  const shift = ${TODAY} - Real.now();
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + shift);
      else super(...given);
    }
    static now() {
      return Real.now() + shift;
    }
  };
}`;

export interface FakePageOptions {
  /** Every tile is there from the start. */
  readonly archived?: boolean;
  /** From the page's address on: query and hash. */
  readonly link?: string;
  readonly viewport?: Size;
  /** Complaints of the browser that belong to what the test does. */
  readonly expected?: RegExp;
  readonly before?: (server: FakeServer) => void;
}

/** Opens the built page on a fake server of its own, on the same day each time. */
export async function onFakePage(
  browser: TestBrowser,
  { archived = true, link = '?opacity=100', viewport, expected, before }: FakePageOptions,
  body: (page: Page, server: FakeServer) => Promise<void>,
): Promise<void> {
  const server = await startFakeServer({ archived });
  before?.(server);
  try {
    await browser.visit(server.url + link, (page) => body(page, server), {
      ...(viewport === undefined ? {} : { viewport }),
      ...(expected === undefined ? {} : { expected }),
      before: async (page) => void (await page.addInitScript(CLOCK)),
    });
  } finally {
    await server.close();
  }
}
