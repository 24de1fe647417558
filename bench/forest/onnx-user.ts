import { InferenceSession, Tensor } from 'onnxruntime-node';

/** ONNX Runtime as anybody would call it, on one thread. */
export interface OnnxUser {
  /**
   * @param rows float32, row-major, [count][width]
   * @param batch rows of a call
   * @returns float32, row-major, [count][classes]
   */
  run(rows: Float32Array, width: number, batch: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @param outputName of the probabilities */
export async function openOnnxUser(model: Uint8Array, outputName: string): Promise<OnnxUser> {
  const session = await InferenceSession.create(Uint8Array.from(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const inputName = session.inputNames[0]!;
  return {
    async run(rows, width, batch) {
      const count = rows.length / width;
      let probabilities = new Float32Array(0);
      for (let start = 0; start < count; start += batch) {
        const size = Math.min(batch, count - start);
        const input = new Tensor('float32', rows.subarray(start * width, (start + size) * width), [size, width]); // prettier-ignore
        const output = (await session.run({ [inputName]: input }, [outputName]))[outputName]!;
        const data = output.data as Float32Array;
        if (size === count) return data;
        if (start === 0) probabilities = new Float32Array((data.length / size) * count);
        probabilities.set(data, start * (data.length / size));
      }
      return probabilities;
    },
    close: () => session.release(),
  };
}
