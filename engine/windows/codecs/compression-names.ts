/** Values of tag 259, by GDAL's names. Source: tiff.h of libtiff 4.7 and gdal/frmts/gtiff/gtiffdataset.cpp. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'NONE',
  2: 'CCITTRLE',
  3: 'CCITTFAX3',
  4: 'CCITTFAX4',
  5: 'LZW',
  6: 'OJPEG',
  7: 'JPEG',
  8: 'DEFLATE',
  32773: 'PACKBITS',
  32946: 'DEFLATE',
  34661: 'JBIG',
  34712: 'JPEG2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'ZSTD',
  50001: 'WEBP',
  50002: 'JXL',
  52546: 'JXL',
};

/** GDAL's name of a compression, or its number. */
export const compressionName = (compression: number): string => NAMES[compression] ?? String(compression);
