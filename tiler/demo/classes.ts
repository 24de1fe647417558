/** The ten classes of the simulated country; a crop's name comes before the covers that are not sown. */
export const SIMULATED_CLASSES = [
  'maize',
  'tobacco',
  'soybean',
  'cotton',
  'groundnut',
  'fallow',
  'woodland',
  'grass',
  'water',
  'built_up',
] as const;
export type SimulatedClass = (typeof SIMULATED_CLASSES)[number];

export const CROPS = ['maize', 'tobacco', 'soybean', 'cotton', 'groundnut', 'fallow'] as const;
export type Crop = (typeof CROPS)[number];
