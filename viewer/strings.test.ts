import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const FOLDER = 'viewer';
const sources = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts') && !/(\.test|\.d)\.ts$/.test(file) && !/^(e2e|testing)\//.test(file))
  // The words, and programs of the graphics card.
  .filter((file) => file !== 'strings.ts' && file !== 'map/raster-shaders.ts');

/** Attributes that people read or hear. */
const SPOKEN = /^(aria-(label|roledescription|valuetext|description)|title|alt|placeholder|label)$/;
/** Members that people read where something is assigned to them. */
const SHOWN = /^(textContent|innerText|innerHTML|title|placeholder|ariaLabel|label)$/;
const WORD = /\p{L}{2}/u;
/** Two words of a sentence, not the parts of a name, a selector or a path. */
const SENTENCE = /(^|[\s“(])\p{L}+[,;:]?\s+\p{L}{2,}([\s.,;:!?…’”)]|$)/u;

/** Places that hold words for machines: classes and styles, selectors, shapes, types of content. */
const MACHINE_ATTRIBUTE =
  /^(class|style|d|viewBox|id|for|type|role|rel|target|accept|name|href|inputmode|autocomplete|font|transform|content|contents)$/i;
const MACHINE_CALL =
  /^(querySelector(All)?|closest|matches|matchMedia|addEventListener|getContext|setAttribute|toggle|add|remove|test|exec|Error|RangeError|TypeError|error|warn|addStyleTag|RegExp|createElement(NS)?|getElementsByTagName(NS)?)$/;

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Pieces of text of a literal or template; null for other nodes. */
function textsOf(node: ts.Node): readonly string[] | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  return null;
}

const nameOf = (node: ts.PropertyName | ts.Expression): string =>
  ts.isIdentifier(node) || ts.isStringLiteral(node)
    ? node.text
    : ts.isPropertyAccessExpression(node)
      ? node.name.text
      : '';

/** What stands around a literal decides: `shown` where any word is for people, `machine` where none is, else only sentences. */
function contextOf(node: ts.Node): 'shown' | 'machine' | 'other' {
  for (
    let [child, parent] = [node, node.parent];
    parent !== undefined;
    [child, parent] = [parent, parent.parent]
  ) {
    if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent))
      return 'machine';
    if (ts.isElementAccessExpression(parent) && parent.argumentExpression === child) return 'machine';
    if (ts.isCaseClause(parent)) return 'machine';
    if (ts.isBinaryExpression(parent)) {
      const { kind } = parent.operatorToken;
      if (
        kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
        kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
      )
        return 'machine';
      if (kind === ts.SyntaxKind.EqualsToken && parent.right === child)
        return SHOWN.test(nameOf(parent.left)) ? 'shown' : 'other';
    }
    if (ts.isPropertyAssignment(parent) && parent.initializer === child) {
      const name = nameOf(parent.name);
      if (SPOKEN.test(name)) return 'shown';
      if (MACHINE_ATTRIBUTE.test(name)) return 'machine';
    }
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      const called = nameOf(parent.expression);
      const place = (parent.arguments ?? []).findIndex((argument) => argument === child);
      // h(tag, attributes, ...children)
      if ((called === 'h' || called === 's') && place >= 0) return place >= 2 ? 'shown' : 'machine';
      if (MACHINE_CALL.test(called)) return 'machine';
      return 'other';
    }
    if (ts.isBlock(parent) || ts.isSourceFile(parent)) return 'other';
  }
  return 'other';
}

function findings(file: string, code: string): Finding[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const texts = textsOf(node);
    if (texts !== null) {
      const context = contextOf(node);
      const pattern = context === 'shown' ? WORD : SENTENCE;
      const text = texts.find((piece) => pattern.test(piece));
      if (context !== 'machine' && text !== undefined)
        found.push({ file, line: source.getLineAndCharacterOfPosition(node.pos).line + 1, text });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** Names and not words: they are the same in every language. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'town-labels.ts': ['Victoria Falls'],
};

test('no word for people stands outside strings.ts', () => {
  assert.ok(sources.length > 30);
  const found = sources
    .flatMap((file) => findings(file, readFileSync(join(FOLDER, file), 'utf8')))
    .filter(({ file, text }) => NAMES[file]?.includes(text) !== true);
  assert.deepEqual(found, []);
});

test('the search finds what it is there to find', () => {
  for (const code of [
    `h('p', {}, 'Waiting')`,
    `h('p', {}, open ? 'Close' : strings.x)`,
    `h('p', {}, \`\${count} tiles\`)`,
    `h('button', { 'aria-label': 'Close' })`,
    `element.textContent = 'Done'`,
    `const hint = 'Try again later.'`,
    `say({ detail: \`The server answered \${status}.\` })`,
  ])
    assert.equal(findings('x.ts', code).length, 1, code);
  for (const code of [
    `h('p', { class: 'quiet of' }, strings.x)`,
    `import { h } from './dom.js'`,
    `throw new Error('no such thing here')`,
    `if (kind === 'not ready') go()`,
    `document.querySelector('main canvas')`,
    `style.transform = \`translate(\${x}px, \${y}px)\``,
  ])
    assert.deepEqual(findings('x.ts', code), [], code);
});

test('index.html has its words from strings.ts', () => {
  const html = readFileSync(join(FOLDER, 'index.html'), 'utf8').replace(/<code>[^]*?<\/code>/g, '');
  const body = html.replace(/<!doctype[^>]*>/i, '');
  const texts = [...body.matchAll(/>([^<]*)</g)].map(([, text = '']) => text);
  const spoken = [...body.matchAll(/\b(?:aria-label|aria-roledescription|title|alt|placeholder)="([^"]*)"/g)];
  const words = [...texts, ...spoken.map(([, text = '']) => text)]
    .map((text) => text.replace(/\{\{\w+\}\}/g, ''))
    .filter((text) => WORD.test(text));
  assert.deepEqual(words, []);
});
