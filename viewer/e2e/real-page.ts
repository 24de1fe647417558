import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { assertAccessible } from './accessible.js';
import { assertLooks } from './golden.js';

/** POST /statistics, as far as the tests read it. */
export interface Counted {
  readonly area: { readonly hectares: number };
  readonly completeness: { readonly complete: boolean; readonly classified: { readonly hectares: number } };
  readonly classes: readonly CountedClass[];
}
export interface CountedClass {
  readonly id: number;
  readonly name: string;
  readonly pixels: number;
  readonly hectares: number;
  readonly share: number;
  readonly meanConfidence: number | null;
  readonly adjusted: { readonly hectares: number; readonly standardError: number } | null;
}

export const text = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

/** Which tiles came from the archive and which were just made is chance. */
const SAME_STATUS = `#status-text { font-size: 0; } #status-text::after { content: 'All tiles'; font-size: 13px; }`;

/** Nothing grave for axe, and like its golden picture. */
export async function looks(page: Page, state: string): Promise<void> {
  await page.mouse.move(0, 0);
  // What was uploaded last is drawn some frames later.
  await page.evaluate(`(async () => {
    for (let i = 0; i < 10; i += 1) await new Promise(requestAnimationFrame);
  })()`);
  await assertAccessible(page, state);
  const style = await page.addStyleTag({ content: SAME_STATUS });
  await assertLooks(page, state);
  await style.evaluate((element) => (element as unknown as { remove(): void }).remove());
}

/** A number as the page writes it (`1,234.5`, `−0.31`, `+12`, `56 %`) is the value, as exactly as it is written. */
export function assertShows(shown: string, value: number, what: string): void {
  const plain = shown
    .replaceAll(',', '')
    .replace('−', '-')
    .replace(/[^\d.+-]+$/, '');
  assert.match(plain, /^[+-]?\d+(\.\d+)?$/, `${what}: “${shown}” is a number`);
  const decimals = plain.split('.')[1]?.length ?? 0;
  assert.ok(
    Math.abs(Number(plain) - value) <= 0.5 * 10 ** -decimals + 1e-9,
    `${what}: “${shown}” is ${value}`,
  );
}

/** Presses a button that copies, and gives what is on the clipboard then. */
export async function copied(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: `Copy: ${what}` }).click();
  await page.locator('#announcer', { hasText: `Copied: ${what}.` }).waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** A file that the page gives the person, as text. */
export async function saved(page: Page, button: string): Promise<{ name: string; content: string }> {
  const pressed = page.getByRole('button', { name: button });
  const [download] = await Promise.all([page.waitForEvent('download'), pressed.click()]);
  // It says "Saved" for a while.
  await pressed.waitFor();
  const stream = await download.createReadStream();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return { name: download.suggestedFilename(), content: Buffer.concat(chunks).toString('utf8') };
}

/** Rows of the table of hectares, each cell's text. */
export async function tableRows(page: Page, part: 'tbody' | 'tfoot' = 'tbody'): Promise<string[][]> {
  return page.evaluate<string[][]>(
    `[...document.querySelectorAll('#area .sheet-body > table.hectares ${part} tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent))`,
  );
}

/** What the controls say: all that a link has to bring back, beside place and panels. */
export const stateOf = (page: Page): Promise<unknown> =>
  page.evaluate(`({
    subtitle: document.getElementById('subtitle').textContent,
    values: ['year', 'model', 'opacity', 'hatch', 'compare'].map((id) => document.getElementById(id).value),
    layer: document.querySelector('#layer-buttons input:checked').value,
    baseline: document.getElementById('baseline').checked,
    off: [...document.querySelectorAll('.classes li:has(input:not(:checked)) .name')].map((name) => name.textContent),
    sides: ['swipe-left', 'swipe-right'].map((id) => document.getElementById(id).textContent),
    swipe: document.getElementById('swipe-handle').getAttribute('aria-valuenow'),
  })`);

/** The attribute of an XML document's elements of a name; throws where the document is not well-formed, as browsers see it. */
export async function xmlAttributes(
  page: Page,
  xml: string,
  element: string,
  attribute: string,
): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const parsed = new DOMParser().parseFromString(${JSON.stringify(xml)}, 'application/xml');
    if (parsed.querySelector('parsererror') !== null) throw new Error(parsed.documentElement.textContent);
    return [...parsed.getElementsByTagNameNS('*', ${JSON.stringify(element)})]
      .map((found) => found.getAttribute(${JSON.stringify(attribute)}) ?? found.textContent);
  })()`);
}

/** Hectares of an area by the server itself. */
export async function countedBy(url: string, area: unknown, query: string): Promise<Counted> {
  const response = await fetch(`${url}/statistics?${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(area),
  });
  assert.equal(response.status, 200, query);
  return (await response.json()) as Counted;
}
