/**
 * A sealed box: a signed message that one recipient alone can open, who learns for certain who wrote it, to whom, what
 * for and until when. The signature covers recipient, purpose and KEM ciphertext, so that the recipient cannot pass it
 * on as if it had been written to somebody else (attack A07).
 *
 *   box        0x01 suite | X-Wing ciphertext[1120] | committing AEAD (committing.ts) over pad(inner)
 *   key        HKDF-SHA-256(shared secret, "", "carnet/box/v1" | recipient[32] | H[32] | purpose, 32)
 *   H          SHA-256(X-Wing ciphertext)
 *   aad        0x01 suite | recipient[32] | H[32] | purpose
 *   inner      u8 length | purpose | recipient[32] | u64 expiry | u16 length | sender | u32 length | body | signature[64]
 *   signature  Ed25519 over "carnet/box-sig/v1" | 0x01 suite | H[32] | inner up to the signature
 *
 * `recipient` is the hash of the recipient's bundle; who `sender` is and which key speaks for it is the caller's to
 * know. Every failure to open is the same null, an expired box included.
 */
import { concat, equal, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { openCommitting, sealCommitting } from './committing.ts';
import { hkdfSha256, labelBytes, sha256 } from './hash.ts';
import { pad, unpad } from './padding.ts';
import type { Random } from './random.ts';
import { admitSealingKey, SealingKeyRefused, type SealingPublic } from './sealing-keys.ts';
import { labelled, SIGNATURE_LENGTH, verify, type Signer } from './signature.ts';
import { admitsSuite, LABELS, SUITE } from './suite.ts';

export {
  admitSealingKey,
  generateSealingKeys,
  SEALING_PUBLIC_LENGTH,
  SealingKeyRefused,
  type SealingKeys,
  type SealingPublic,
} from './sealing-keys.ts';

const KEM_CIPHERTEXT = 1120;
const KEM_COINS = 64;
const MAX_BODY = 1024 * 1024;

export interface BoxToSeal {
  readonly recipient: SealingPublic;
  /** Hash of the recipient's bundle. */
  readonly recipientId: Bytes;
  readonly purpose: string;
  readonly sender: Bytes;
  /** Milliseconds since 1970, after which it no longer opens. */
  readonly expiry: number;
  readonly body: Bytes;
  readonly signer: Signer;
  readonly random: Random;
}

export interface BoxToOpen {
  /** The seed of the recipient's sealing key. */
  readonly secret: Bytes;
  readonly recipientId: Bytes;
  readonly purpose: string;
  readonly now: number;
  readonly sealed: Bytes;
  /** The signing key that speaks for this sender, or null when there is none. */
  readonly verifySender: (sender: Bytes) => Bytes | null | Promise<Bytes | null>;
}

export interface OpenedBox {
  readonly sender: Bytes;
  readonly expiry: number;
  readonly body: Bytes;
}

/** Throws `SealingKeyRefused` rather than seal to a key that is not admitted. */
export async function sealBox(box: BoxToSeal): Promise<Bytes> {
  if (!admitSealingKey(box.recipient)) throw new SealingKeyRefused('sealing key not admitted');
  if (box.body.length > MAX_BODY) throw new RangeError('too long for a box');
  const { encapsulate } = await import('./xwing.ts');
  const { ciphertext, shared } = encapsulate(box.recipient, box.random(KEM_COINS));
  const bound = bind(ciphertext, box.recipientId, box.purpose);
  const content = encodeContent(box);
  const signature = await box.signer.sign(signedBytes(bound, content));
  const padded = pad(concat(content, signature));
  const sealed = sealCommitting(boxKey(shared, bound), LABELS.boxBody, bound.aad, padded, box.random);
  return concat(Uint8Array.of(SUITE), ciphertext, sealed);
}

export async function openBox(request: BoxToOpen): Promise<OpenedBox | null> {
  const { sealed, recipientId, purpose } = request;
  if (!admitsSuite(sealed[0]) || sealed.length <= 1 + KEM_CIPHERTEXT) return null;
  const ciphertext = sealed.slice(1, 1 + KEM_CIPHERTEXT);
  const bound = bind(ciphertext, recipientId, purpose);
  const shared = await decapsulated(ciphertext, request.secret);
  if (shared === null) return null;
  const payload = sealed.subarray(1 + KEM_CIPHERTEXT);
  const padded = openCommitting(boxKey(shared, bound), LABELS.boxBody, bound.aad, payload);
  const inner = padded && unpad(padded);
  return inner && readInner(inner, bound, request);
}

async function readInner(inner: Bytes, bound: Bound, request: BoxToOpen): Promise<OpenedBox | null> {
  if (inner.length < SIGNATURE_LENGTH) return null;
  const content = inner.slice(0, inner.length - SIGNATURE_LENGTH);
  const signature = inner.slice(inner.length - SIGNATURE_LENGTH);
  const message = decodeContent(content);
  if (message === null || request.now > message.expiry) return null;
  if (!equal(message.purpose, bound.purpose) || !equal(message.recipient, bound.recipientId)) return null;
  const key = await request.verifySender(message.sender);
  if (key === null || !(await verify(key, signedBytes(bound, content), signature))) return null;
  return { sender: message.sender, expiry: message.expiry, body: message.body };
}

/** What key, ciphertext and signature are all bound to. */
interface Bound {
  readonly recipientId: Bytes;
  readonly ciphertextHash: Bytes;
  readonly purpose: Bytes;
  readonly aad: Bytes;
}

function bind(ciphertext: Bytes, recipientId: Bytes, purposeText: string): Bound {
  if (recipientId.length !== 32) throw new RangeError('a recipient id has 32 bytes');
  const ciphertextHash = sha256(ciphertext);
  const purpose = utf8(purposeText);
  const aad = concat(Uint8Array.of(SUITE), recipientId, ciphertextHash, purpose);
  return { recipientId, ciphertextHash, purpose, aad };
}

function boxKey(shared: Bytes, { recipientId, ciphertextHash, purpose }: Bound): Bytes {
  const info = concat(labelBytes(LABELS.box), recipientId, ciphertextHash, purpose);
  return hkdfSha256(shared, new Uint8Array(0), info, 32);
}

function signedBytes({ ciphertextHash }: Bound, content: Bytes): Bytes {
  return labelled(LABELS.boxSignature, Uint8Array.of(SUITE), ciphertextHash, content);
}

async function decapsulated(ciphertext: Bytes, secret: Bytes): Promise<Bytes | null> {
  const { decapsulate } = await import('./xwing.ts');
  try {
    return decapsulate(ciphertext, secret);
  } catch {
    return null;
  }
}

function encodeContent({ purpose, recipientId, expiry, sender, body }: BoxToSeal): Bytes {
  const purposeBytes = utf8(purpose);
  return new Writer(128 + body.length)
    .u8(purposeBytes.length)
    .bytes(purposeBytes)
    .bytes(recipientId)
    .u64(expiry)
    .u16(sender.length)
    .bytes(sender)
    .lengthPrefixed(body)
    .finish();
}

interface Content {
  readonly purpose: Bytes;
  readonly recipient: Bytes;
  readonly expiry: number;
  readonly sender: Bytes;
  readonly body: Bytes;
}

function decodeContent(content: Bytes): Content | null {
  return decodeWith(content, (reader) => ({
    purpose: reader.bytes(reader.u8()),
    recipient: reader.bytes(32),
    expiry: reader.u64(),
    sender: reader.bytes(reader.u16()),
    body: reader.lengthPrefixed(MAX_BODY),
  }));
}
