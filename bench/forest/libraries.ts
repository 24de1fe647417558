/** A library whose large model is compared: bench/peers/forest_train.py makes it. */
export interface Library {
  /** As the scripts and Python's import have it. */
  readonly module: 'xgboost' | 'lightgbm' | 'catboost';
  readonly name: string;
  readonly modelFile: string;
  /** What the model is, for the table's title. */
  readonly trees: string;
  /** How many times faster than ONNX Runtime and the library we have to be on a tile of fields: docs/architecture.md, "Budgets". */
  readonly onFields?: { readonly onnxruntime: number; readonly library: number };
}

export const LIBRARIES: readonly Library[] = [
  {
    module: 'xgboost',
    name: 'XGBoost',
    modelFile: 'xgboost.json',
    trees: '1,600 trees of depth 6',
    onFields: { onnxruntime: 8, library: 3 },
  },
  { module: 'lightgbm', name: 'LightGBM', modelFile: 'lightgbm.txt', trees: '1,600 trees of 63 leaves' },
  {
    module: 'catboost',
    name: 'CatBoost',
    modelFile: 'catboost.json',
    trees: '500 oblivious trees of depth 6',
  },
];
