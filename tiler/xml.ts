import { escapeXml } from '../engine/encode/gdal-metadata.js';

/** Finished markup: goes into other markup as it is, where a string is escaped. */
export class Xml {
  constructor(readonly text: string) {}
}

export type XmlContent = Xml | string | number | readonly XmlContent[];
/** An attribute that is undefined is left out. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element; an empty one where there is no content. Siblings stand on lines of their own. */
export function xml(name: string, attributes: XmlAttributes = {}, ...content: readonly XmlContent[]): Xml {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const head = [name, ...given.map(([key, value]) => `${key}="${escapeXml(String(value))}"`)].join(' ');
  const parts = content.flatMap(flatten);
  if (parts.length === 0) return new Xml(`<${head}/>`);
  const inside = parts.join('\n');
  const nested = content.every((part) => typeof part === 'object');
  return new Xml(nested ? `<${head}>\n${inside}\n</${name}>` : `<${head}>${inside}</${name}>`);
}

/** @param doctype the whole declaration, where the format has one */
export function xmlDocument(root: Xml, doctype: string | null = null): string {
  const head = doctype === null ? '' : `${doctype}\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}${root.text}\n`;
}

function flatten(content: XmlContent): string[] {
  if (content instanceof Xml) return [content.text];
  if (typeof content === 'object') return content.flatMap(flatten);
  return [escapeXml(String(content))];
}
