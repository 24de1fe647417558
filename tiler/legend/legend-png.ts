import sharp from 'sharp';
import { legendSvg, type LegendPicture } from './legend-picture.js';

/** A legend as PNG. @param scale 1 to 4: pixels of the picture a pixel of the layout */
export async function legendPng(picture: LegendPicture, scale: number): Promise<Uint8Array> {
  return sharp(Buffer.from(legendSvg(picture, scale)))
    .flatten({ background: '#ffffff' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
