/**
 * What a QR code in a picture says, whether the picture is of a camera, of a file or of a page of a PDF. Done here and not by
 * the browser: Chromium on Linux, Firefox and Safari have no BarcodeDetector.
 *
 * The decoder is 40 kB: whoever needs it loads this file when it is needed.
 */
import decodeQR from 'qr/decode.js';

/** The text of the code; null when there is none that can be read in this picture. What it says is checked by whoever asked. */
export function decodeQr(image: Pick<ImageData, 'width' | 'height' | 'data'>): string | null {
  const { width, height, data } = image;
  try {
    return decodeQR({ width, height, data });
  } catch {
    return null; // the decoder throws for whatever it does not find
  }
}
