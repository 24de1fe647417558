import type { Environment } from './read-config.js';

/** The process's environment. Nothing else reads it: everything that can be configured is a setting. */
export function environment(): Environment {
  return { ...process.env };
}

/** The AWS SDK tells every user of Node 20 which of its later versions will want a newer one. Ours is fixed. */
export function quietAwsSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
}
