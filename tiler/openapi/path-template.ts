/** A path of the route table as OpenAPI writes it, and the names in it. */
export interface PathTemplate {
  /** `/tiles/{z}/{x}/{y}`. */
  readonly path: string;
  readonly names: readonly string[];
}

/** `:name`, perhaps with a pattern in braces, perhaps optional: Hono's. */
const PARAMETER = /:([A-Za-z_]\w*)(\{(?:[^{}]|\{[^{}]*\})*\})?(\?)?/g;

/** Hono's path as OpenAPI's; two where its last part is optional. */
export function pathTemplates(path: string): readonly PathTemplate[] {
  const optional = /\/:[A-Za-z_]\w*(\{(?:[^{}]|\{[^{}]*\})*\})?\?/.exec(path);
  if (optional !== null) {
    const [whole] = optional;
    const without = path.slice(0, optional.index) + path.slice(optional.index + whole.length);
    return [
      ...pathTemplates(without === '' ? '/' : without),
      ...pathTemplates(path.replace(whole, whole.slice(0, -1))),
    ];
  }
  const names: string[] = [];
  const template = path.replaceAll(PARAMETER, (_, name: string) => {
    names.push(name);
    return `{${name}}`;
  });
  return [{ path: template, names }];
}
