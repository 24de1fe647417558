import type { DescribedHeader } from '../windows/cog-header.js';
import type { BandInfo, Dataset } from './dataset.js';
import { nodataInRange } from './nodata-mask.js';

/**
 * What says which pixels of a band (from 0) are valid. Source: GetMaskFlags of gdal/frmts/gtiff/gtiffrasterband_read.cpp and
 * of gdal/gcore/gdalrasterband.cpp: a mask, else nodata that the type can hold, else the alpha band of two or of four.
 * @param nodata of the file, or what is counted instead of it
 */
export function maskKind(
  header: DescribedHeader,
  bands: readonly BandInfo[],
  band: number,
  nodata: number | null,
): Dataset['mask'] {
  if (header.description.masks !== null) return 'mask';
  if (nodata !== null && nodataInRange(nodata, header.dataType)) return 'nodata';
  const last = bands.length - 1;
  const alpha =
    (bands.length === 2 || bands.length === 4) &&
    band < last &&
    bands[last]?.colorInterpretation === 'alpha' &&
    (header.dataType === 'uint8' || header.dataType === 'uint16');
  return alpha ? 'alpha' : 'none';
}
