import { readFile } from 'node:fs/promises';
import type { Kernels } from './kernels.js';

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65536;
/** The most that 32-bit addresses reach, 4 GiB; as declared at the build (build.json). */
const MAX_PAGES = 65536;

/**
 * Where free memory starts. The module holds no data of its own (a test says so), so instances in several threads cannot
 * disturb each other; address 0 stays unused, so that a pointer of 0 is a mistake that shows.
 */
export const STATIC_BYTES = 1024;

/** The compiled module: compiled once, sent to the workers as it is. */
export async function compileKernels(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL('./kernels.wasm', import.meta.url)));
}

/** A shared memory of at least `bytes`; it can be grown up to `maxBytes`, which is address space, not memory in use. */
export function createKernelMemory(bytes: number, maxBytes = MAX_PAGES * PAGE_BYTES): WebAssembly.Memory {
  return new WebAssembly.Memory({
    initial: Math.max(1, Math.ceil(bytes / PAGE_BYTES)),
    maximum: Math.min(MAX_PAGES, Math.ceil(maxBytes / PAGE_BYTES)),
    shared: true,
  });
}

/** An instance over the shared memory; each thread has its own. Instantiating writes nothing. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
