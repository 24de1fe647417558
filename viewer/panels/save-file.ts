import { h } from '../dom.js';

/** Long enough for the browser to begin reading it. */
const KEPT_MS = 60_000;

/** Gives the person a file. */
export function saveFile(content: Blob, name: string): void {
  const href = URL.createObjectURL(content);
  const link = h('a', { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
