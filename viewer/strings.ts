/**
 * Every word that a person can read or hear on this page, in one place: what is translated is translated here. Names of classes,
 * models, layers and places are data, and the server's own sentences (problems, attribution) come as they are.
 * index.html takes `page` at build time, by `{{name}}`. strings.test.ts finds words that stand anywhere else.
 */
const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** index.html. */
const page = {
  language: 'en',
  product: 'GeoCrop',
  description: 'Crop maps of Zimbabwe, computed from Sentinel-2 where people look.',
  skip: 'Skip to the map’s controls',
  map: 'Map',
  mapRole: 'map',
  mapHelp: 'Crop map. Arrow keys move, plus and minus zoom, Enter reads the pixel in the middle.',
  controls: 'What the map shows',
  subtitle: 'Zimbabwe’s crops',
  openControls: 'Layers',
  simulated: 'Simulated data',
  layer: 'Layer',
  feature: 'Seasonal feature',
  opacity: 'Opacity',
  baselineBeneath: 'Baseline beneath',
  legend: 'Legend',
  baselineClasses: 'Baseline’s classes',
  close: 'Close',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  home: 'Back to where the map opens',
  opening: 'Opening the map …',
  year: 'Year',
  earlier: 'The year before',
  later: 'The year after',
  hatching: 'Hatch below',
  hatchingLabel: 'Hatch where the confidence is below',
  noScript: 'The map needs JavaScript. Tiles and a TileJSON for other map programs are at',
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Numbers, dates and places as they are written here. */
const format = {
  months,
  /** `3 Jan 2025`; month 1 to 12. */
  day: (day: number, month: number, year: string) => `${day} ${months[month - 1] ?? ''} ${year}`,
  percent: (whole: number | string) => `${whole} %`,
  lessThanOnePercent: '< 1 %',
  more: (amount: string) => `+${amount}`,
  less: (amount: string) => `−${amount}`,
  number: (value: number, decimals: number) =>
    value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  metres: (metres: number) => `${metres} m`,
  kilometres: (kilometres: number) => `${kilometres} km`,
  north: 'N',
  south: 'S',
  east: 'E',
  west: 'W',
  none: '–',
};

/** Problems, wherever they are said. */
const problems = {
  unreachable: 'The map server does not answer.',
  unreachableHint: 'Check that it is running and that you are connected; this page tries again by itself.',
  answered: (status: number) => `The server answered ${status}.`,
  brokenPicture: 'A tile could not be read as a picture.',
  drawing: 'The map could not be drawn.',
  drawingHint: 'This page needs WebGL 2: try another browser, or turn on hardware acceleration.',
  newVersion: 'The map has been made anew since this page was opened.',
  newVersionHint: 'Reload the page to see it.',
  noSuchLayer: (name: string) => `This map has no layer called “${name}”.`,
  otherLayerShown: (title: string) => `The layer “${title}” is shown instead.`,
  defaultShown: 'The default map is shown.',
  close: 'Close this message',
  tryAgain: 'Try again',
  /** Where neither the server nor the table below knows better. */
  otherAdvice: 'Try again; if it stays, tell whoever runs this server.',
  /** By code, for those whose server text speaks to operators. */
  advice: {
    'no-scenes': 'Try another season or year, or move to another place.',
    'stac-unavailable':
      'The catalogue of satellite scenes does not answer. Tiles that are kept still show; try again later.',
    'queue-unavailable': 'Maps cannot be computed just now. This page asks again by itself.',
    'queue-full': 'Many people compute maps now. This page asks again by itself.',
    'not-computed': 'This server only shows what is already computed.',
    'unknown-model': 'The link names a model that this server does not have.',
    'unknown-year': 'The link names a year that this server does not have.',
    'unknown-season': 'The link names a season that this server does not have.',
    'unknown-layer': 'The link names a layer that this map does not have.',
  } as Readonly<Record<string, string>>,
};

/** The card of choices. */
const controls = {
  subtitle: (season: string) => `Zimbabwe’s crops, ${season}`,
  title: (season: string) => `GeoCrop: ${season}`,
  open: 'Layers',
  close: 'Close',
  season: 'Season',
  year: 'Year',
  model: 'Model',
  features: 'Features',
  baseline: (year: number) => `Dynamic World ${year} beneath`,
  inView: (layer: string) => `${layer}, in view`,
  trueColour: 'The season’s median red, green and blue.',
  noLegend: 'No legend.',
  notes: {
    partial: 'Zoomed out: only what is already computed is shown.',
    incomplete: 'Incomplete: a scene could not be read just now. The tile will be made again.',
    stale: 'Stale: newer scenes exist. The tile is being made anew.',
  },
  /** Where the map has no layer at all. */
  classes: 'Crop classes',
};

/** Around the map. */
const furniture = {
  simulated: 'Simulated scenes: no satellite data',
  sentinel: 'Contains modified Copernicus Sentinel data',
  waitingForServer: 'Waiting for the map server …',
  loading: (layer: string) => `${layer} …`,
};

/** The status line, and the state of single tiles. */
const tiles = {
  nothingHere: 'Nothing of this map here',
  oneReady: 'The tile in view is there',
  allReady: (count: number) => `All ${count} tiles`,
  someReady: (ready: number, all: number) => `${ready} of ${all} ${plural(all, 'tile', 'tiles')}`,
  counted: (what: string, count: number) => `${what} ${count}`,
  computing: 'computing',
  readingScenes: 'reading scenes',
  reading: (percent: string) => (percent === '' ? 'reading scenes' : `reading scenes ${percent}`),
  waiting: 'waiting',
  failed: 'failed',
  notComputed: 'not computed',
  notComputedYet: 'not computed yet',
  fromArchive: 'from archive',
  justComputed: 'just computed',
  quality: { final: '', partial: 'partial', incomplete: 'incomplete', stale: 'stale' },
  couldNotBeMade: 'This tile could not be made.',
  failedButton: (reason: string) => `A tile failed: ${reason} Show what to do.`,
  whyFailed: 'Why this tile failed',
  address: (tile: string) => `tile ${tile}`,
};

/** What is known of the model. */
const model = {
  about: (name: string) => `About the model ${name}`,
  trainedOn: (what: string) => `Trained on: ${what}`,
  rightOnFields: (count: number) => ` right on ${count} fields that it had not seen.`,
  right: ' right on data that it had not seen.',
  class: 'Class',
  precision: 'Precision',
  precisionHelp: 'Of the pixels shown as the class, the share that is',
  recall: 'Recall',
  recallHelp: 'Of the class’s pixels, the share that is shown',
};

/** The second part of FEATURE_ORDER_V1's names, and bands. */
const features = {
  reflectance: 'Reflectance',
  of: (subject: string, meaning: string) => `${subject}, ${meaning}`,
  meaning: {
    peak: 'highest',
    min: 'lowest',
    mean: 'mean',
    std: 'spread',
    base: 'base',
    amplitude: 'amplitude',
    sos: 'start of season (day)',
    pos: 'peak (day)',
    eos: 'end of season (day)',
    los: 'length of season (days)',
    auc: 'area under the curve',
    auc_season: 'area, start to end',
    greenup_rate: 'green-up rate',
    senescence_rate: 'senescence rate',
    cos1: 'yearly wave, cosine',
    sin1: 'yearly wave, sine',
    cos2: 'half-yearly wave, cosine',
    sin2: 'half-yearly wave, sine',
    mean_early: 'mean of the first third',
    mean_mid: 'mean of the middle third',
    mean_late: 'mean of the last third',
    median: 'median reflectance',
  } as Readonly<Record<string, string>>,
  bands: {
    rededge1: 'Red edge',
    nir: 'Near infrared',
    swir16: 'Shortwave 1.6 µm',
    swir22: 'Shortwave 2.2 µm',
  } as Readonly<Record<string, string>>,
};

/** The panel about one pixel. */
const point = {
  title: 'This pixel',
  reading: 'Reading this pixel’s season …',
  noClass: 'No class here',
  tooFew: 'Too few clear views',
  confidence: ' confidence',
  copy: 'Copy',
  coordinates: 'the coordinates',
  /** Over the probabilities. */
  probabilities: 'What the model sees',
  probabilitiesLabel: 'Class probabilities',
  noClearView: 'No cloud-free observation of this pixel in the season.',
  clearViews: 'Clear views',
  maskedViews: 'Clouded or without data',
  scenesSearched: 'Scenes searched',
  scenes: (count: number) => `Scenes used (${count})`,
  scenesOf: 'Scenes used, by date',
  date: 'Date',
  cloud: 'Cloud',
  here: 'Here',
  clear: 'clear',
  covered: 'another scene of the day',
  notClear: 'not clear',
  leftOut: (count: number) => `Scenes left out (${count})`,
  leftOutScene: (scene: string, reason: string) => `${scene}: ${reason}`,
  features: (count: number) => `All features (${count})`,
  featuresOf: 'Seasonal features',
  copySeries: 'Copy series as CSV',
  series: 'series as CSV',
  openJson: 'Open as JSON',
  newTab: '(opens in a new tab)',
  /** Why a date shows nothing of the pixel, by the answer's code. */
  masked: {
    cloud: 'cloud',
    cirrus: 'thin cirrus',
    shadow: 'cloud shadow',
    'near-cloud': 'beside a cloud',
    defective: 'defective pixel',
    'no-data': 'no data',
    outside: 'outside the scene',
  } as Readonly<Record<string, string>>,
};

/** The series of one pixel, drawn and in words. */
const series = {
  title: 'NDVI through the season',
  reading: (day: string, value: string) => `${day}: ${value}`,
  masked: (day: string, reason: string) => `${day}: ${reason}`,
  peak: (value: string, day: string) => `peak ${value}, ${day}`,
  none: 'No valid observations.',
  describe: (dates: number, value: string, day: string, masked: number) =>
    `NDVI at ${dates} ${plural(dates, 'date', 'dates')}; highest ${value} on ${day}. ` +
    `${masked === 0 ? '' : `${masked} ${plural(masked, 'date is', 'dates are')} clouded or without data. `}` +
    'Arrow keys read each date.',
  start: 'start',
  top: 'peak',
  end: 'end',
  keyClear: 'clear view',
  keyMasked: 'clouded or no data',
  keySeason: 'season',
};

/** Seasonal features in words. */
const phenology = {
  title: 'The season here',
  start: 'Start of season',
  peak: 'Peak',
  end: 'End of season',
  length: 'Length',
  amplitude: 'Amplitude',
  base: 'Base level',
  greenup: 'Fastest green-up',
  senescence: 'Fastest decline',
  days: (count: number) => `${count} ${plural(count, 'day', 'days')}`,
  perWeek: (value: string) => `${value} a week`,
  peakOf: (value: string, day: string) => `${value}, ${day}`,
  sentence: (start: string, peak: string, value: string, end: string, days: number) =>
    `It greened up around ${start}, stood highest around ${peak} (NDVI ${value}) and had faded by ${end}: ` +
    `${days} days.`,
  open: 'The season is not over, or its end was not seen: what stands at its edges is not a date of the crop.',
  flat: 'Too little rise and fall to tell a growing season.',
};

/** Areas: drawing, files, hectares. */
const area = {
  open: 'Measure an area',
  openShort: 'Area',
  title: 'Hectares of an area',
  intro:
    'Draw an area on the map, open a file, or give a circle. GeoCrop counts the hectares of each class in it.',
  draw: 'Draw on the map',
  drawHelp:
    'Click the corners; click the first one, or press Done, to end. By keyboard: focus the map, move it with the arrow keys, ' +
    'Enter sets a corner in the middle.',
  corners: (count: number) => `${count} ${plural(count, 'corner', 'corners')}`,
  cornersNeeded: (count: number) => `${count} more ${plural(count, 'corner is', 'corners are')} needed.`,
  done: 'Done',
  undo: 'Undo corner',
  cancel: 'Cancel',
  file: 'Open a file …',
  fileHelp: 'GeoJSON or KML, polygons in degrees. You can also drop it on the map.',
  dropHere: 'Drop the file to measure its area',
  circle: 'A circle',
  latitude: 'Latitude',
  longitude: 'Longitude',
  radius: 'Radius, metres',
  middle: 'Use the map’s middle',
  measureCircle: 'Measure the circle',
  list: 'A list of corners',
  listLabel: 'Corners: one a line, latitude and longitude',
  listExample: '-17.861, 30.012',
  measureList: 'Measure',
  notANumber: (field: string, low: number, high: number) => `${field}: a number from ${low} to ${high}.`,
  fewCorners: 'Give at least three corners, one a line: latitude, longitude.',
  badLine: (line: number) => `Line ${line} is not a latitude and a longitude.`,
  measuring: 'Counting the hectares …',
  computing: (done: number, all: number) =>
    `Computing the map here: ${done} of ${all} ${plural(all, 'part is', 'parts are')} ready.`,
  computingLabel: 'Parts of the area’s map that are ready',
  missing: (percent: string) =>
    `${percent} of the area is not computed yet, and is in no number below. The count goes on by itself.`,
  missingForGood: (percent: string) =>
    `${percent} of the area is not computed and is in no number below. This server does not compute it for you.`,
  noData: (hectares: string) => `${hectares} ha have too few clear views for a class.`,
  total: 'Total',
  /** Of the table. */
  caption: (map: string) => `Hectares by class, ${map}`,
  class: 'Class',
  hectares: 'Hectares',
  confidence: 'Confidence',
  confidenceHelp: 'Mean confidence of the model over the class’s pixels',
  adjusted: 'Adjusted',
  adjustedHelp: 'Area adjusted for the model’s errors, with its 95 % interval (Olofsson et al. 2014)',
  interval: (estimate: string, low: string, high: string) => `${estimate} (${low} to ${high})`,
  plusMinus: (estimate: string, margin: string) => `${estimate} ± ${margin}`,
  adjustedNote:
    'Adjusted: corrected for the errors that the model made on fields it had not seen, ± half of the 95 % interval.',
  assumptions: 'What the adjusted areas assume',
  chart: 'Hectares by class',
  chartOf: (name: string, hectares: string, percent: string) => `${name}: ${hectares} ha, ${percent}`,
  keyMapped: 'as mapped',
  keyAdjusted: 'adjusted, with 95 % interval',
  nothing: 'No class was found in this area.',
  /** Of two maps. */
  both: (first: string, second: string) => `${first} and ${second}`,
  bothOf: (first: string, second: string, model: string) => `${first} and ${second} · ${model}`,
  change: 'Change',
  changeHelp: (first: string, second: string) => `From ${first} to ${second}`,
  changeChart: (first: string, second: string) => `Hectares by class, ${first} and ${second}`,
  changeCaption: (first: string, second: string) =>
    `Hectares by class, ${first} and ${second}, and the change`,
  pairOf: (name: string, first: string, second: string) => `${name}: ${first} ha, then ${second} ha`,
  changeNote:
    'The change is between the hectares as mapped, so the errors of both maps are in it: a small change may be none.',
  noChangeYet: 'The change shows once all of the area is computed on both maps.',
  inFull: (map: string) => `${map}, in full`,
  announcedPair: (name: string, first: string, second: string) =>
    `${name}: ${first}, then ${second} hectares.`,
  download: 'Download CSV',
  downloaded: 'The table was saved as CSV.',
  another: 'Another area',
  removed: 'The area was removed.',
  size: (hectares: string) => `${hectares} ha`,
  announced: (hectares: string, classes: string) => `The area has ${hectares} hectares. ${classes}`,
  announcedClass: (name: string, hectares: string) => `${name}: ${hectares} hectares.`,
  linkTooLong: 'This area has too many corners for a link: send the file with it.',
  notJson: 'The file is neither GeoJSON nor KML.',
  noPolygon: 'The file holds no polygon.',
  manyPolygons: (count: number) => `All ${count} polygons of the file are measured together.`,
  projected: 'The file’s coordinates are not degrees of longitude and latitude (EPSG:4326).',
  tooLarge: (megabytes: number) => `The file is larger than ${megabytes} MB.`,
  unreadable: 'The file could not be read.',
};

/** Links and addresses for other programs. */
const share = {
  open: 'Share and use elsewhere',
  openShort: 'Share',
  title: 'Share and use elsewhere',
  link: 'Link to this view',
  linkHelp: 'Opens the same place, season, layer, pixel and area.',
  xyz: 'XYZ tiles',
  xyzHelp: 'For Leaflet, MapLibre, QGIS and others: the layer that is shown.',
  xyzHelpLeft: 'For Leaflet, MapLibre, QGIS and others: the layer of the left map.',
  wmts: 'WMTS',
  wmtsHelp: 'For GIS programs: every layer and year.',
  qgis: 'QGIS layer',
  qgisHelp: 'A file that opens in QGIS by double click, with its legend.',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not allowed',
  download: 'Download',
  downloading: 'Saved',
  copyOf: (what: string) => `Copy: ${what}`,
  downloadOf: (what: string) => `Download: ${what}`,
  announceCopied: (what: string) => `Copied: ${what}.`,
  announceNotCopied: 'The browser did not allow copying: select the text and copy it.',
  announceDownload: (what: string) => `Saved: ${what}.`,
};

/** What shows, and how: year, layer, classes on and off, hatching, two maps side by side. */
const layers = {
  dynamicWorld: 'Dynamic World',
  dynamicWorldOf: (year: number) => `Dynamic World ${year}`,
  shown: (map: string) => `${map} shows.`,
  /** Switches of classes. */
  classes: 'Classes that show',
  all: 'All',
  allLabel: 'Show all classes',
  none: 'None',
  noneLabel: 'None: hide all classes',
  hatchingOff: 'off',
  hatched: (percent: string) => `confidence below ${percent}`,
  noHatching: 'nothing is hatched',
  /** Two maps. */
  compare: 'Compare with',
  compareNothing: 'Nothing',
  compareSeasons: 'Another season',
  compareModels: 'Another model',
  compareBaselines: 'Another source',
  divider: (left: string, right: string) => `Divider between ${left} on the left and ${right} on the right`,
  dividerAt: (percent: string) => `${percent} of the width shows the left map`,
  mapName: (season: string, model: string) => `${season} · ${model}`,
};

export const strings = {
  page,
  format,
  problems,
  controls,
  furniture,
  layers,
  tiles,
  model,
  features,
  point,
  series,
  phenology,
  area,
  share,
};
