// Which test files share a process, and which go first.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Processes, threads, servers and browsers are a process's own. */
const ALONE =
  /\b(from|import) ?\(?["'](node:(child_process|cluster|http|https|net|worker_threads)|playwright-core)["']/;
/** A hook outside of a `describe` would be one of all files of the process. */
const HOOK = /^(before|after|beforeEach|afterEach)\(/m;
const IMPORT = /(?:^|[\s;])(?:import|export)\b[^;'"]*?["'](\.[^"']+)["']|import\(["'](\.[^"']+)["']\)/g;

/** Whole maps from end to end take longest: who begins with them is not left with one of them at the end. */
const LONG = /[/\\](e2e|soak)[/\\]/;
/** Files of a process: as many as a core does in some seconds, few enough that a failure is found soon. */
const MOST = 24;

/**
 * Absolute paths of what node's test runner is to start, each in a process of its own: first the long files, then all others that
 * start processes, threads or servers, then the rest of each part in files that import several.
 * @param files paths from the repository's root @param folder where files that import others may be written
 */
export function inBatches(files, folder) {
  const modules = new Map();
  const alone = files.filter((file) => LONG.test(file) || !isPure(file, modules));
  const shared = files.filter((file) => !alone.includes(file));
  const batches = [...new Set(shared.map(partOf))].flatMap((part) => {
    const own = shared.filter((file) => partOf(file) === part);
    return Array.from({ length: Math.ceil(own.length / MOST) }, (_, i) => {
      const path = join(folder, `${part}-${i + 1}.test.mjs`);
      const imports = own.slice(i * MOST, (i + 1) * MOST).map((file) => pathToFileURL(resolve(file)).href);
      writeFileSync(path, imports.map((href) => `import ${JSON.stringify(href)};\n`).join(''));
      return path;
    });
  });
  const [long, short] = [alone.filter((file) => LONG.test(file)), alone.filter((file) => !LONG.test(file))];
  return [...[...long, ...short].map((file) => resolve(file)), ...batches];
}

const partOf = (file) => file.split(/[/\\]/)[1];

/** Whether nothing that the file imports, near or far, has to be a process's own. */
function isPure(file, modules) {
  if (HOOK.test(readFileSync(file, 'utf8'))) return false;
  const seen = new Set();
  const look = (path) => {
    if (seen.has(path)) return true;
    seen.add(path);
    const { alone, imports } = moduleAt(path, modules);
    return !alone && imports.every(look);
  };
  return look(resolve(file));
}

function moduleAt(path, modules) {
  let known = modules.get(path);
  if (known === undefined) {
    const code = path.endsWith('.js') ? readFileSync(path, 'utf8') : '';
    const imports = [...code.matchAll(IMPORT)].map((found) => resolve(dirname(path), found[1] ?? found[2]));
    known = { alone: ALONE.test(code), imports };
    modules.set(path, known);
  }
  return known;
}
