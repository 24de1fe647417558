import { MemoryObjectStore } from './memory-store.js';
import { objectStoreConformance } from './object-store.conformance.js';

objectStoreConformance('memory', async () => ({
  store: new MemoryObjectStore(),
  close: async () => undefined,
}));
