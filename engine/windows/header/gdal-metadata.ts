import type { MetadataItem } from '../cog-header.js';
import { malformed } from './refusals.js';

/**
 * Items of GDAL's metadata (tag 42112): `<GDALMetadata><Item name="…" sample="0" role="scale">…</Item>…`. Items of other
 * domains than the default are left out. What is not such an item is passed over: no entity is resolved but XML's own
 * five and character numbers, no depth is kept, and the text is gone through once.
 */
export function parseGdalMetadata(xml: string, mostItems: number, href: string): MetadataItem[] {
  const items: MetadataItem[] = [];
  let at = xml.indexOf('<Item');
  while (at >= 0) {
    const end = xml.indexOf('>', at);
    if (end < 0) break;
    const attributes = attributesOf(xml.slice(at + '<Item'.length, end));
    let close = end;
    let text = '';
    if (xml[end - 1] !== '/') {
      close = xml.indexOf('</Item>', end);
      if (close < 0) break;
      text = xml.slice(end + 1, close);
    }
    const { name, domain, sample, role } = attributes;
    if (name !== undefined && (domain === undefined || domain === '')) {
      if (items.length >= mostItems) throw malformed(href, `has more than ${mostItems} items of metadata`);
      items.push({
        name,
        // GDAL escapes a value before it writes it as XML.
        value: unescaped(unescaped(text)),
        sample: sample !== undefined && /^\d{1,6}$/.test(sample) ? Number(sample) : null,
        role: role ?? null,
      });
    }
    at = xml.indexOf('<Item', close);
  }
  return items;
}

/** Longer ones are not GDAL's. */
const MOST_ATTRIBUTE_CHARACTERS = 8192;

function attributesOf(text: string): Readonly<Partial<Record<string, string>>> {
  const found: Record<string, string> = {};
  if (text.length > MOST_ATTRIBUTE_CHARACTERS) return found;
  for (const [, name = '', double, single] of text.matchAll(/([a-z]+)=(?:"([^"]*)"|'([^']*)')/g)) {
    found[name] = unescaped(double ?? single ?? '');
  }
  return found;
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (whole, ...groups) => {
    const [decimal, hexadecimal, name] = groups as (string | undefined)[];
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? parseInt(hexadecimal ?? '', 16) : parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
