import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWith } from '../../engine/encode/gdal-oracle.js';

/** For tests only: what other people's code says of an OpenAPI document, and of answers. */

const NEEDS =
  'needs openapi-spec-validator: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt';

export const withoutOpenApi: string | false = pythonWith('openapi_spec_validator') === null ? NEEDS : false;

const SCRIPT = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_schema_validator import OAS31Validator
given = json.load(open(sys.argv[1]))
problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in OpenAPIV31SpecValidator(given["document"]).iter_errors()]
for name, schema, value in given["values"]:
    OAS31Validator.check_schema(schema)
    problems += [f"{name}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in OAS31Validator(schema).iter_errors(value)]
print(json.dumps(problems))
`;

/**
 * Problems that openapi-spec-validator finds in a document by the OpenAPI 3.1 meta-schema, and in values by their schemas.
 * @param values name, schema, value
 */
export function openApiProblems(
  document: unknown,
  values: readonly (readonly [name: string, schema: unknown, value: unknown])[] = [],
): readonly string[] {
  const python = pythonWith('openapi_spec_validator');
  if (python === null) throw new Error(NEEDS);
  const folder = mkdtempSync(join(tmpdir(), 'geocrop-openapi-'));
  try {
    const path = join(folder, 'given.json');
    writeFileSync(path, JSON.stringify({ document, values }));
    const said = execFileSync(python, ['-c', SCRIPT, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(said.toString('utf8')) as string[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
