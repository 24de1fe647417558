import { SOFTWARE_VERSION } from '../version.js';
import { processIo } from './io.js';
import { runCli } from './program.js';
import { runClassify } from './run/classify.js';
import { runDemo } from './run/demo.js';
import { runExport } from './run/export.js';
import { runFeatures } from './run/features.js';
import { runGc } from './run/gc.js';
import { runInitStore } from './run/init-store.js';
import { runModelCheck } from './run/model-check.js';
import { runModelList } from './run/model.js';
import { runModelImport } from './run/model-import.js';
import { runSample } from './run/sample.js';
import { runServe } from './run/serve.js';
import { runVerify } from './run/verify.js';
import { runWarm } from './run/warm.js';

const runners = {
  serve: runServe,
  demo: runDemo,
  classify: runClassify,
  sample: runSample,
  export: runExport,
  features: runFeatures,
  warm: runWarm,
  initStore: runInitStore,
  gc: runGc,
  verify: runVerify,
  modelList: runModelList,
  modelCheck: runModelCheck,
  modelImport: runModelImport,
};

const code = await runCli(process.argv.slice(2), runners, SOFTWARE_VERSION, processIo());
// Results may still be on their way into a pipe.
process.stdout.write('', () => process.exit(code));
