import type { Environment } from './read-config.js';

/** The process's environment. Nothing else reads it: everything that can be configured is a setting. */
export function environment(): Environment {
  return { ...process.env };
}
