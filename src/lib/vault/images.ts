/**
 * Pictures made storable: a PNG becomes a JPEG (DOC-07), a photo over the limit is compressed again (DOC-08).
 *
 * Re-encoding also drops what a camera writes beside the picture (place, model). Runs in the worker, on OffscreenCanvas;
 * the library's own worker mode is off because it would fetch code from a foreign host.
 */
export interface ImageTools {
  /** A JPEG of at most `limit` bytes, transparency shown on white; null when the picture cannot be decoded or made to fit. */
  toJpeg(picture: Blob, limit: number, signal?: AbortSignal): Promise<Blob | null>;
}

const MEGABYTE = 1024 * 1024;
/** The library aims at a size and may end a little above it. */
const MARGIN = 0.95;

export const browserImages: ImageTools = {
  async toJpeg(picture, limit, signal) {
    const { default: compress } = await import('browser-image-compression');
    try {
      const jpeg = await compress(new File([picture], 'picture', { type: picture.type }), {
        useWebWorker: false,
        fileType: 'image/jpeg',
        maxSizeMB: (limit * MARGIN) / MEGABYTE,
        initialQuality: 0.9,
        ...(signal && { signal }),
      });
      return jpeg.size <= limit ? jpeg : null;
    } catch {
      return null; // not a picture that this browser decodes, or no longer wanted: the caller says so
    }
  },
};
