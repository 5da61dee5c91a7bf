/**
 * The code that one device shows and another is given: 80 random bits as 16 characters, good for ten minutes.
 *
 *   read, write, delete   HKDF-SHA-256(code, "", "carnet/link-read/v1" …, 32): the secrets of a space for this one talk
 *   space                 SHA-256("carnet/link-space/v1" | read[32])
 *   QR                    "CARNET LIEN 1 " | the 16 characters
 *
 * Of a guardian's talk (purpose.ts) the labels begin with "carnet/guardian-", and the QR with "CARNET ENFANT 1 ".
 *
 * The relay sees frames under keys it cannot derive. Who learns the code can talk, and is found out by the comparison
 * phrase. The QR text is not a link: it does nothing in a phone's own camera, only in the app that is open (attack D03).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { decodeBase32, encodeBase32, groupCode, normaliseCode } from '#lib/bytes/base32.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { hkdfSha256, labelBytes, labelledHash } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Label } from '#lib/crypto/suite.ts';
import { deriveEpoch, type EpochKeys } from '../epoch.ts';
import { zeroId } from '../ids.ts';
import { PURPOSES, type LinkPurpose } from './purpose.ts';

/** 16 characters of Crockford's base 32, upper case, without separators. */
export type LinkCode = string;

const LINK_MINUTES = 10;
export const LINK_LIFETIME = LINK_MINUTES * 60_000;

const CODE_BYTES = 10;
const CODE_LENGTH = 16;

export function createLinkCode(random: Random): LinkCode {
  return encodeBase32(random(CODE_BYTES));
}

/** A code as typed, or the whole text of the QR code. */
export function parseLinkCode(
  text: string,
  purpose: LinkPurpose = 'device',
): Result<LinkCode, { readonly type: 'link-code-wrong' }> {
  const trimmed = text.trim();
  const { qr } = PURPOSES[purpose];
  const typed = trimmed.startsWith(qr) ? trimmed.slice(qr.length) : trimmed;
  const code = normaliseCode(typed, CODE_LENGTH);
  return decodeBase32(code)?.length === CODE_BYTES ? ok(code) : fail({ type: 'link-code-wrong' });
}

/** In groups of four, as shown beside the QR code. */
export function displayedLinkCode(code: LinkCode): string {
  return groupCode(code);
}

export function linkCodeToQr(code: LinkCode, purpose: LinkPurpose = 'device'): string {
  return PURPOSES[purpose].qr + code;
}

/** Topic, frame key and capabilities of the talk. Both sides hold all of them, so that either can clear the topic. */
export function linkKeys(code: LinkCode, purpose: LinkPurpose = 'device'): Promise<EpochKeys> {
  const secret = decodeBase32(code);
  if (secret?.length !== CODE_BYTES) throw new TypeError('not a link code');
  const derive = (label: Label) => hkdfSha256(secret, new Uint8Array(0), labelBytes(label), 32);
  const labels = PURPOSES[purpose];
  const read = derive(labels.read);
  const secrets = { read, write: derive(labels.write), delete: derive(labels.delete) };
  return deriveEpoch(labelledHash(labels.space, read), { epoch: 0, id: zeroId(), ...secrets });
}

export function sealLinkMessage(keys: EpochKeys, message: Bytes, random: Random): Bytes {
  return sealFrame(keys.frameKey, 'control', message, random);
}

/** Null for what is not of this talk. */
export function openLinkMessage(keys: EpochKeys, frame: Bytes): Bytes | null {
  const opened = openFrame([keys.frameKey], frame);
  return opened?.aad.kind === 'control' ? opened.inner.slice() : null;
}
