import { SOFTWARE_VERSION } from '../version.js';
import { processIo } from './io.js';
import { runCli, type Runners } from './program.js';

/** Each is loaded when it is asked for: help and wrong usage need none of them. */
const runners: Runners = {
  serve: async (...given) => (await import('./run/serve.js')).runServe(...given),
  demo: async (...given) => (await import('./run/demo.js')).runDemo(...given),
  classify: async (...given) => (await import('./run/classify.js')).runClassify(...given),
  sample: async (...given) => (await import('./run/sample.js')).runSample(...given),
  export: async (...given) => (await import('./run/export.js')).runExport(...given),
  features: async (...given) => (await import('./run/features.js')).runFeatures(...given),
  warm: async (...given) => (await import('./run/warm.js')).runWarm(...given),
  initStore: async (...given) => (await import('./run/init-store.js')).runInitStore(...given),
  gc: async (...given) => (await import('./run/gc.js')).runGc(...given),
  verify: async (...given) => (await import('./run/verify.js')).runVerify(...given),
  modelList: async (...given) => (await import('./run/model.js')).runModelList(...given),
  modelCheck: async (...given) => (await import('./run/model-check.js')).runModelCheck(...given),
  modelImport: async (...given) => (await import('./run/model-import.js')).runModelImport(...given),
};

const code = await runCli(process.argv.slice(2), runners, SOFTWARE_VERSION, processIo());
// Results may still be on their way into a pipe.
process.stdout.write('', () => process.exit(code));
