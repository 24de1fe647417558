/** One item of GDAL's metadata: of the dataset, or of one band (0-based `sample`). */
export interface GdalItem {
  readonly name: string;
  readonly value: string | number;
  /** 0-based band; left out: of the whole dataset. */
  readonly sample?: number;
  /** GDAL's roles: what these become is the band's own description, scale or offset. */
  readonly role?: 'description' | 'scale' | 'offset';
}

export function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Control characters other than tab and line ends are not XML 1.0.
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  );
}

/** The XML of tag 42112. GDAL unescapes values twice when it reads them (GTiffDataset, "GDALMetadata"), as it writes them. */
export function gdalMetadataXml(items: readonly GdalItem[]): string {
  const lines = items.map(({ name, value, sample, role }) => {
    const attributes = [
      `name="${escapeXml(name)}"`,
      ...(sample === undefined ? [] : [`sample="${sample}"`]),
      ...(role === undefined ? [] : [`role="${role}"`]),
    ];
    return `  <Item ${attributes.join(' ')}>${escapeXml(escapeXml(String(value)))}</Item>\n`;
  });
  return `<GDALMetadata>\n${lines.join('')}</GDALMetadata>\n`;
}

/** Names of the bands, shown by GDAL and QGIS. */
export function bandDescriptions(names: readonly string[]): GdalItem[] {
  return names.map((value, sample) => ({ name: 'DESCRIPTION', value, sample, role: 'description' }));
}

/**
 * Class names as items of the first band, `CLASS_0=maize`: a TIFF has no place for GDAL's category names, so that
 * they are in the file itself even where the `.aux.xml` beside it has been lost.
 */
export function classNameItems(names: readonly string[]): GdalItem[] {
  return names.map((value, id) => ({ name: `CLASS_${id}`, value, sample: 0 }));
}

/** The `.aux.xml` beside a file of classes: GDAL and QGIS take the names of the ids 0, 1, … from it. */
export function categoryNamesAuxXml(names: readonly string[]): string {
  const categories = names.map((name) => `      <Category>${escapeXml(name)}</Category>\n`).join('');
  return `<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n${categories}    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n`;
}
