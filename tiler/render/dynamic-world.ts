/**
 * Dynamic World's classes by value; 0 is water, not nodata. Names and colours: GOOGLE/DYNAMICWORLD/V1, band `label`
 * (Brown et al. 2022, doi:10.1038/s41597-022-01307-4), CC-BY-4.0.
 */
export const DYNAMIC_WORLD: readonly { readonly name: string; readonly color: string }[] = [
  { name: 'water', color: '#419bdf' },
  { name: 'trees', color: '#397d49' },
  { name: 'grass', color: '#88b053' },
  { name: 'flooded_vegetation', color: '#7a87c6' },
  { name: 'crops', color: '#e49635' },
  { name: 'shrub_and_scrub', color: '#dfc35a' },
  { name: 'built', color: '#c4281b' },
  { name: 'bare', color: '#a59b8f' },
  { name: 'snow_and_ice', color: '#b39fe1' },
];

/** What its licence asks to be said wherever it is shown. */
export const DYNAMIC_WORLD_ATTRIBUTION =
  'Dynamic World: produced for the Dynamic World Project by Google in partnership with National Geographic Society and the ' +
  'World Resources Institute, CC BY 4.0';

/** What its files and tiles of numbers are called, as a product. */
export const BASELINE_PRODUCT = 'dw_baseline';
