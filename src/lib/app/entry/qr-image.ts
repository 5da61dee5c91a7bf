/** A QR code in a picture. Loaded where one is read, with the decoder. */
import decodeQR from 'qr/decode.js';

/** What the first code in it says; null when there is none that can be read. */
export function decodeQr(image: ImageData): string | null {
  try {
    return decodeQR(image);
  } catch {
    return null;
  }
}
