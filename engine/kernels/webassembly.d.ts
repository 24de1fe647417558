/**
 * What the engine uses of the WebAssembly JavaScript API (https://www.w3.org/TR/wasm-js-api-2/): TypeScript declares it only
 * with the browser's library, which the engine does without.
 */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    /** Pages of 65,536 bytes. */
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: SharedArrayBuffer;
    /** @returns the pages before */
    grow(pages: number): number;
  }
  class Module {
    private constructor();
    static exports(module: Module): { name: string; kind: string }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
