/**
 * AES-256-GCM with the nonce in front, as the authority seals enrolment files with a key that serves once.
 *
 *   sealed   nonce[12] | AES-256-GCM(key, nonce, aad, plaintext)
 */
import { gcm } from '@noble/ciphers/webcrypto.js';
import type { Bytes } from '#lib/bytes/bytes.ts';

const NONCE = 12;
const TAG = 16;

/** The plaintext; null for another key, other associated data or any change. */
export async function openAesGcm(key: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes | null> {
  if (sealed.length < NONCE + TAG) return null;
  try {
    return await gcm(key, sealed.subarray(0, NONCE), aad).decrypt(sealed.subarray(NONCE));
  } catch {
    return null;
  }
}
