import { TiffTag } from '@cogeotiff/core';

/** Not in the parser's list of names. */
const ARTIST = 315 as TiffTag;

/** Texts that GDAL tells as metadata of the dataset. Source: asTIFFTags in gdal/frmts/gtiff/gtiffdataset.cpp. */
export const TEXTS: readonly (readonly [TiffTag, string])[] = [
  [TiffTag.DocumentName, 'TIFFTAG_DOCUMENTNAME'],
  [TiffTag.ImageDescription, 'TIFFTAG_IMAGEDESCRIPTION'],
  [TiffTag.Software, 'TIFFTAG_SOFTWARE'],
  [TiffTag.DateTime, 'TIFFTAG_DATETIME'],
  [ARTIST, 'TIFFTAG_ARTIST'],
  [TiffTag.HostComputer, 'TIFFTAG_HOSTCOMPUTER'],
  [TiffTag.Copyright, 'TIFFTAG_COPYRIGHT'],
];
export const NUMBERS: readonly (readonly [TiffTag, string])[] = [
  [TiffTag.MinSampleValue, 'TIFFTAG_MINSAMPLEVALUE'],
  [TiffTag.MaxSampleValue, 'TIFFTAG_MAXSAMPLEVALUE'],
];
export const RESOLUTIONS: readonly (readonly [TiffTag, string])[] = [
  [TiffTag.XResolution, 'TIFFTAG_XRESOLUTION'],
  [TiffTag.YResolution, 'TIFFTAG_YRESOLUTION'],
];
export const RESOLUTION_UNITS: Readonly<Record<number, string>> = {
  1: '1 (unitless)',
  2: '2 (pixels/inch)',
  3: '3 (pixels/cm)',
};

/** Tags of the first image that only its description needs. GDAL's metadata is read apart: its text may be long. */
export const DESCRIBED: readonly TiffTag[] = [
  TiffTag.ExtraSamples,
  TiffTag.ColorMap,
  TiffTag.ResolutionUnit,
  ...RESOLUTIONS.map(([tag]) => tag),
  ...TEXTS.map(([tag]) => tag),
  ...NUMBERS.map(([tag]) => tag),
];
