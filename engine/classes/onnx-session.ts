import { InferenceSession } from 'onnxruntime-node';

/**
 * One thread: with more, sums are split differently from batch to batch and results vary by 1e-6; tiles run in parallel in
 * workers instead.
 */
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // Only fatal messages: errors come as exceptions, and warnings about the exporter's graph would fill the log.
  logSeverityLevel: 4,
};

/** @param model an ONNX file's bytes, shared or not */
export async function openOnnxSession(model: Uint8Array): Promise<InferenceSession> {
  // The binding takes no SharedArrayBuffer; ONNX Runtime makes its own copy anyway.
  const bytes = model.buffer instanceof ArrayBuffer ? model : new Uint8Array(model);
  return InferenceSession.create(bytes, OPTIONS);
}
