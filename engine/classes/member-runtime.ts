/**
 * What turns rows into one member's probabilities. ONNX Runtime is one implementation; others may take over for kinds of
 * models that they know. A row's probabilities depend on that row only: not on its place, its neighbours or `count`.
 */
export interface MemberRuntime {
  /**
   * @param rows float32, row-major, length ≥ count · F, scaled, in the bundle's feature order
   * @returns float32, row-major, count · C: the member's own classes in its own order
   */
  run(rows: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}
