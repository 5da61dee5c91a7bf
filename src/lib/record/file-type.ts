/**
 * What a file is, told by its bytes and never by its name (DOC-06…10).
 *
 * Guarantees: only a PDF, a JPEG or a PNG is accepted, and only one that is whole: a download that broke off is refused
 * before it is stored. HTML, SVG, ZIP and anything else that could run or unpack is not recognised, so it is refused.
 * Leaves out: the conversion of a PNG (vault) and the other formats of DOC-06.
 */
import { decode, guessEncoding, looksLikeText } from '#lib/text/encoding.ts';
import { MAX_DOCUMENT_BYTES, MAX_ORIGINAL_BYTES, type OriginalMime } from './sections/documents.ts';

export type FileMime = 'application/pdf' | 'image/jpeg' | 'image/png';

export type FileCheck =
  | { readonly ok: true; readonly mime: FileMime }
  | { readonly ok: false; readonly problem: 'too-large' | 'type-refused' | 'damaged' };

/** For the file picker; the bytes decide. */
export const ACCEPTED_FILES = '.pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png';

const PDF = [0x25, 0x50, 0x44, 0x46, 0x2d]; // %PDF-
const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PDF_END = [0x25, 0x25, 0x45, 0x4f, 0x46]; // %%EOF
const PNG_END = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]; // IEND and its checksum

/** Readers of PDF accept some bytes before the header, and some after the end. */
const PDF_SLACK = 1024;

/** A picture may exceed the limit of a document: it is compressed again before it is stored. */
const MAX_PICTURE_BYTES = 50_000_000;

/** Checks a whole file. */
export function checkFile(bytes: Uint8Array): FileCheck {
  const mime = sniff(bytes);
  if (!mime) return { ok: false, problem: 'type-refused' };
  const limit = mime === 'application/pdf' ? MAX_DOCUMENT_BYTES : MAX_PICTURE_BYTES;
  if (bytes.length > limit) return { ok: false, problem: 'too-large' };
  return isWhole(mime, bytes) ? { ok: true, mime } : { ok: false, problem: 'damaged' };
}

export type OriginalCheck =
  | { readonly ok: true; readonly mime: OriginalMime }
  | { readonly ok: false; readonly problem: 'too-large' | 'type-refused' };

/**
 * Checks a file that entries were imported from: FHIR JSON, or a table as text. It is only ever handed back as a
 * download, so it is enough that it is text and no page.
 */
export function checkOriginal(bytes: Uint8Array): OriginalCheck {
  if (bytes.length > MAX_ORIGINAL_BYTES) return { ok: false, problem: 'too-large' };
  const first = firstSigns(bytes).charAt(0);
  if (first === '' || first === '<' || !looksLikeText(bytes) || sniff(bytes.subarray(0, PDF_SLACK)))
    return { ok: false, problem: 'type-refused' };
  return { ok: true, mime: isJsonText(bytes) ? 'application/fhir+json' : 'text/csv' };
}

/** Whether a file begins as JSON does: an object, or a list of them. */
export function isJsonText(bytes: Uint8Array): boolean {
  return /^(\{|\[\s*[{\]])/.test(firstSigns(bytes));
}

/** The beginning of a text without the mark of its encoding and without blanks. */
function firstSigns(bytes: Uint8Array): string {
  const head = bytes.subarray(0, PDF_SLACK);
  return decode(head, guessEncoding(head).encoding)
    .text.replace(/^\ufeff/, '')
    .trimStart();
}

/** Tells the type from the first bytes (1 KiB is enough). */
export function sniff(head: Uint8Array): FileMime | null {
  if (startsWith(head, JPEG)) return 'image/jpeg';
  if (startsWith(head, PNG)) return 'image/png';
  return find(head, PDF, 0, PDF_SLACK) >= 0 && !looksLikeMarkup(head) ? 'application/pdf' : null;
}

function isWhole(mime: FileMime, bytes: Uint8Array): boolean {
  switch (mime) {
    case 'application/pdf':
      return find(bytes, PDF_END, Math.max(0, bytes.length - 2 * PDF_SLACK), bytes.length) >= 0;
    case 'image/png':
      return find(bytes, PNG_END, Math.max(0, bytes.length - 2 * PDF_SLACK), bytes.length) >= 0;
    case 'image/jpeg':
      return jpegIsWhole(bytes);
  }
}

/**
 * Walks the segments up to the image data, so that the end marker of a thumbnail inside EXIF does not count, then asks
 * for an end marker behind it. Cameras append further data, so it need not be the last two bytes.
 */
function jpegIsWhole(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2) return false;
    at += 2 + length;
    if (marker === 0xda) return find(bytes, [0xff, 0xd9], at, bytes.length) >= 0; // SOS … EOI
  }
  return false;
}

/** A page that only mentions "%PDF-" somewhere in its first kilobyte is a page. */
function looksLikeMarkup(head: Uint8Array): boolean {
  const start = head.findIndex((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
  return head[start] === 0x3c;
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** Index of the first occurrence that starts in [from, to), or -1. */
function find(bytes: Uint8Array, signature: readonly number[], from: number, to: number): number {
  const last = Math.min(to, bytes.length - signature.length + 1);
  for (let at = from; at < last; at += 1) {
    if (signature.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
