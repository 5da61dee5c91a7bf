/**
 * A file as it comes, made into what is stored: checked by its bytes, a PNG turned into a JPEG, a photo that is too large
 * compressed again. Changes nothing anywhere.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { checkFile, checkOriginal } from '#lib/record/file-type.ts';
import { MAX_DOCUMENT_BYTES, MAX_ORIGINAL_BYTES, type StoredMime } from '#lib/record/sections/documents.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import type { ImageTools } from '#lib/vault/images.ts';
import { pack } from './packing.ts';

export interface PreparedFile {
  readonly bytes: Bytes;
  readonly mime: StoredMime;
  /** Its size before it was packed, where it was. */
  readonly packedFrom?: number;
}

/** A picture above this is not even read: it would only exhaust a phone. */
const MAX_INPUT = 50_000_000;

export async function prepareFile(
  file: Blob,
  images: ImageTools,
  signal?: AbortSignal,
): Promise<Result<PreparedFile, VaultError>> {
  if (file.size > MAX_INPUT) return fail({ type: 'file-too-large', limit: MAX_DOCUMENT_BYTES });
  const bytes = await readFile(file);
  if (!bytes) return fail({ type: 'file-damaged' });
  const checked = checkFile(bytes);
  if (!checked.ok) return fail(refusalOf(checked.problem));
  const { mime } = checked;
  if (mime === 'application/pdf') return ok({ bytes, mime });
  if (mime === 'image/jpeg' && bytes.length <= MAX_DOCUMENT_BYTES) return ok({ bytes, mime });
  const jpeg = await images.toJpeg(new Blob([bytes], { type: mime }), MAX_DOCUMENT_BYTES, signal);
  if (!jpeg) return fail({ type: 'file-damaged' });
  if (jpeg.size > MAX_DOCUMENT_BYTES) return fail({ type: 'file-too-large', limit: MAX_DOCUMENT_BYTES });
  return ok({ bytes: new Uint8Array(await jpeg.arrayBuffer()), mime: 'image/jpeg' });
}

/** A file that entries are imported from, kept as it came; a large one is packed, and must be a document's size then. */
export async function prepareOriginal(file: Blob): Promise<Result<PreparedFile, VaultError>> {
  if (file.size > MAX_ORIGINAL_BYTES) return fail({ type: 'file-too-large', limit: MAX_ORIGINAL_BYTES });
  const bytes = await readFile(file);
  if (!bytes) return fail({ type: 'file-damaged' });
  const checked = checkOriginal(bytes);
  if (!checked.ok) return fail(refusalOf(checked.problem));
  const { mime } = checked;
  if (bytes.length <= MAX_DOCUMENT_BYTES) return ok({ bytes, mime });
  const packed = await pack(bytes);
  return packed.length <= MAX_DOCUMENT_BYTES
    ? ok({ bytes: packed, mime, packedFrom: bytes.length })
    : fail({ type: 'file-too-large', limit: MAX_DOCUMENT_BYTES });
}

/** Null when the file is gone or may not be read (moved, unplugged) since it was chosen. */
async function readFile(file: Blob): Promise<Bytes | null> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

function refusalOf(problem: 'too-large' | 'type-refused' | 'damaged'): VaultError {
  switch (problem) {
    case 'too-large':
      return { type: 'file-too-large', limit: MAX_DOCUMENT_BYTES };
    case 'type-refused':
      return { type: 'file-type-refused' };
    case 'damaged':
      return { type: 'file-damaged' };
  }
}
