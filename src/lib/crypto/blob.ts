/**
 * A blob: a file sealed in chunks of fixed size, so that a transfer can stop and resume, with nothing to reorder, drop
 * or cut (attack B03). AES-256-GCM by WebCrypto, all chunks at once.
 *
 *   chunk 0      0x01 suite | salt[32] | commit[32] | AES-256-GCM(K, nonce, aad, part 0)
 *   chunk i      AES-256-GCM(K, nonce, aad, part i)                                      64 512 bytes each but the last
 *   K | commit   HKDF-SHA-256(blob key, salt, "carnet/blob/v1", 64)                      commits to the key
 *   nonce        0[7] | u32 i | u8 last                                                  STREAM; K is fresh per blob
 *   aad          0x01 suite | u32 i | u8 last
 *   parts        pad(file), cut into 64 431 and then 64 496 bytes
 *   root         SHA-256("carnet/blob-root/v1" | u32 chunks | SHA-256(chunk 0) | SHA-256(chunk 1) | …)
 *
 * Root, count and length stand in a signed manifest elsewhere. Opening checks all chunks against the root before it
 * decrypts one, and gives the whole file or nothing.
 */
import { sha256 } from '@noble/hashes/webcrypto.js';
import { concat, equal, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { hkdfSha256, labelBytes, labelledHash } from './hash.ts';
import { pad, paddedLength, unpad } from './padding.ts';
import type { Random } from './random.ts';
import { admitsSuite, LABELS, SUITE } from './suite.ts';

const CHUNK = 64_512; // as in protocol/limits.ts, which says why
const SALT = 32;
const COMMIT = 32;
const TAG = 16;
const HEADER = 1 + SALT + COMMIT;
const FIRST_PART = CHUNK - HEADER - TAG;
const PART = CHUNK - TAG;

/** No file is larger: it is held in memory as a whole. */
export const MAX_BLOB = 64 * 1024 * 1024;

/** What a signed manifest says of a blob, besides its key. */
export interface BlobManifest {
  readonly root: Bytes;
  readonly chunks: number;
  /** Of the file, before padding. */
  readonly length: number;
}

export interface SealedBlob {
  readonly chunks: readonly Bytes[];
  readonly root: Bytes;
  readonly length: number;
}

/** Seals a file under a key of its own: random, used for nothing else. */
export async function sealBlob(key: Bytes, file: Bytes, random: Random): Promise<SealedBlob> {
  if (key.length !== 32) throw new RangeError('a blob key has 32 bytes');
  if (file.length > MAX_BLOB) throw new RangeError('too long for a blob');
  const salt = random(SALT);
  const { chunkKey, commit } = derive(key, salt);
  const header = concat(Uint8Array.of(SUITE), salt, commit);
  const parts = cut(pad(file));
  const imported = await importKey(chunkKey);
  const sealPart = async (part: Bytes, index: number): Promise<Bytes> => {
    const place = placeOf(index, index === parts.length - 1);
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(place, imported, part));
    return index === 0 ? concat(header, ciphertext) : ciphertext;
  };
  const sealed = await Promise.all(
    parts.map(async (part, index) => {
      const chunk = await sealPart(part, index);
      return { chunk, hash: await sha256(chunk) };
    }),
  );
  const root = rootOf(sealed.map(({ hash }) => hash));
  return { chunks: sealed.map(({ chunk }) => chunk), root, length: file.length };
}

/** The file; null when a chunk is missing, is not the one in the manifest, or does not open with this key. */
export async function openBlob(
  key: Bytes,
  manifest: BlobManifest,
  getChunk: (index: number) => Promise<Bytes | null>,
): Promise<Bytes | null> {
  if (manifest.length > MAX_BLOB || manifest.chunks !== chunkCount(manifest.length)) return null;
  const chunks = await verifiedChunks(manifest, getChunk);
  const chunkKey = chunks && keyOf(key, chunks[0]!);
  const padded = chunkKey && (await decryptAll(chunkKey, chunks));
  const file = padded && unpad(padded);
  return file?.length === manifest.length ? file : null;
}

/** How many chunks a file of this length is sealed in. */
export function chunkCount(length: number): number {
  return 1 + Math.ceil(Math.max(0, paddedLength(length) - FIRST_PART) / PART);
}

async function verifiedChunks(
  { root, chunks: count }: BlobManifest,
  getChunk: (index: number) => Promise<Bytes | null>,
): Promise<Bytes[] | null> {
  const chunks: Bytes[] = [];
  const hashes: Promise<Bytes>[] = [];
  for (let index = 0; index < count; index++) {
    const chunk = await getChunk(index);
    if (chunk === null || chunk.length > CHUNK) return null;
    chunks.push(chunk);
    hashes.push(sha256(chunk));
  }
  return equal(rootOf(await Promise.all(hashes)), root) ? chunks : null;
}

/** The chunk key, if the header of the first chunk commits to this blob key. */
function keyOf(key: Bytes, first: Bytes): Bytes | null {
  if (first.length < HEADER || !admitsSuite(first[0])) return null;
  const { chunkKey, commit } = derive(key, first.subarray(1, 1 + SALT));
  return equal(commit, first.subarray(1 + SALT, HEADER)) ? chunkKey : null;
}

async function decryptAll(chunkKey: Bytes, chunks: readonly Bytes[]): Promise<Bytes | null> {
  const imported = await importKey(chunkKey);
  const decryptPart = async (chunk: Bytes, index: number): Promise<Bytes> => {
    const place = placeOf(index, index === chunks.length - 1);
    const ciphertext = index === 0 ? chunk.subarray(HEADER) : chunk;
    return new Uint8Array(await crypto.subtle.decrypt(place, imported, ciphertext));
  };
  try {
    return concat(...(await Promise.all(chunks.map(decryptPart))));
  } catch {
    return null;
  }
}

function derive(key: Bytes, salt: Bytes): { chunkKey: Bytes; commit: Bytes } {
  const derived = hkdfSha256(key, salt, labelBytes(LABELS.blob), 64);
  return { chunkKey: derived.slice(0, 32), commit: derived.slice(32) };
}

function cut(padded: Bytes): Bytes[] {
  const parts = [padded.subarray(0, FIRST_PART)];
  for (let start = FIRST_PART; start < padded.length; start += PART) {
    parts.push(padded.subarray(start, start + PART));
  }
  return parts;
}

/** Once per blob. The wrapper used elsewhere imports the key for every call, which costs as much as sealing a chunk. */
function importKey(chunkKey: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', chunkKey, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function placeOf(index: number, last: boolean): AesGcmParams {
  return { name: 'AES-GCM', iv: nonceOf(index, last), additionalData: aadOf(index, last) };
}

function nonceOf(index: number, last: boolean): Bytes {
  return new Writer(12).bytes(new Uint8Array(7)).u32(index).u8(Number(last)).finish();
}

function aadOf(index: number, last: boolean): Bytes {
  return new Writer(6).u8(SUITE).u32(index).u8(Number(last)).finish();
}

function rootOf(hashes: readonly Bytes[]): Bytes {
  return labelledHash(LABELS.blobRoot, new Writer(4).u32(hashes.length).finish(), ...hashes);
}
