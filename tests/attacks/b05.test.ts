import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { describe, expect, test } from 'vitest';
import { concat, equal, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { openBlob } from '#lib/crypto/blob.ts';
import { context, openCommitting } from '#lib/crypto/committing.ts';
import { frameKey, openFrame } from '#lib/crypto/frame.ts';
import { hkdfSha256, labelBytes, labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { collideGcm, gcmKeystream } from '../helpers/hostile/gcm-collision.ts';
import { collidePoly1305, xchachaKeystream } from '../helpers/hostile/poly1305-collision.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// One ciphertext, two keys, two documents: Mallory shows Alice one prescription and Dr Martin another. The ciphers
// themselves allow it; what is opened in Carnet carries a commitment to its key.

const random = seededRandom('B05');
const FOR_ALICE = utf8('Ordonnance : paracetamol 500 mg.');
const FOR_MARTIN = utf8('Ordonnance : morphine 200 mg !!!');

/** Blocks 0-1 read well under the first keystream, 2-3 under the second; two more are left to the solver. */
function twoFaced([first, second]: readonly [Bytes, Bytes]): Bytes {
  const xor = (text: Bytes, stream: Bytes): Bytes => text.map((byte, i) => byte ^ stream[i]!);
  return concat(xor(FOR_ALICE, first), xor(FOR_MARTIN, second.subarray(32)), new Uint8Array(32));
}

describe('B05: Mallory makes one ciphertext that is authentic under two keys', () => {
  test('of XChaCha20-Poly1305: each reader would see another document, yet at most one key opens the committing seal', () => {
    const keys = [random(32), random(32)] as const;
    const { aad, info } = context(LABELS.localSlot, utf8('a place'));
    const salt = random(24);
    const derived = keys.map((key) => hkdfSha256(key, salt, info, 64));
    const messageKeys = derived.map((bytes) => bytes.slice(0, 32)) as [Bytes, Bytes];
    const streams = messageKeys.map((key) => xchachaKeystream(key, salt, 96)) as [Bytes, Bytes];
    const ciphertext = collidePoly1305(messageKeys, salt, aad, twoFaced(streams), 4);

    const seen = messageKeys.map((key) => xchacha20poly1305(key, salt, aad).decrypt(ciphertext));
    expect(equal(seen[0]!.subarray(0, 32), FOR_ALICE)).toBe(true);
    expect(equal(seen[1]!.subarray(32, 64), FOR_MARTIN)).toBe(true);

    const open = (commit: Bytes): boolean[] => {
      const sealed = concat(salt, commit, ciphertext);
      return keys.map((key) => openCommitting(key, LABELS.localSlot, utf8('a place'), sealed) !== null);
    };
    expect(open(derived[0]!.slice(32))).toEqual([true, false]);
    expect(open(derived[1]!.slice(32))).toEqual([false, true]);
    expect(open(random(32))).toEqual([false, false]);
  });

  test('as a frame of two spaces: at most one of the two frame keys opens it', () => {
    const keys = [frameKey(random(32), 1, random(32)), frameKey(random(32), 1, random(32))] as const;
    const salt = random(24);
    const aad = keys[0].contexts.update.aad;
    const derived = keys.map((key) => hkdfSha256(key.secret, salt, keys[0].contexts.update.info, 64));
    const messageKeys = derived.map((bytes) => bytes.slice(0, 32)) as [Bytes, Bytes];
    const ciphertext = collidePoly1305(messageKeys, salt, aad, random(256), 9);
    for (const commit of derived.map((bytes) => bytes.slice(32))) {
      const frame = concat(Uint8Array.of(1), salt, commit, ciphertext);
      expect(keys.filter((key) => openFrame([key], frame) !== null).length).toBeLessThanOrEqual(1);
      expect(openFrame([keys[1]], frame)).toBeNull();
    }
  });

  test('of AES-256-GCM: the same for a blob, whose root she may choose as she likes', async () => {
    const keys = [random(32), random(32)] as const;
    const salt = random(32);
    const derived = keys.map((key) => hkdfSha256(key, salt, labelBytes(LABELS.blob), 64));
    const chunkKeys = derived.map((bytes) => bytes.slice(0, 32)) as [Bytes, Bytes];
    const nonce = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const aad = Uint8Array.of(1, 0, 0, 0, 0, 1);
    const streams = chunkKeys.map((key) => gcmKeystream(key, nonce, 256)) as [Bytes, Bytes];
    // The length before the file reads well under the first key, so that her blob is sound for Alice.
    const padded = concat(Uint8Array.of(0, 0, 0, 252), random(252));
    const first = padded.map((byte, i) => byte ^ streams[0][i]!);
    const ciphertext = collideGcm(chunkKeys, nonce, aad, first, 7);
    for (const key of chunkKeys) expect(await opensAsPlainGcm(key, nonce, aad, ciphertext)).toBe(true);

    const open = async (commit: Bytes): Promise<boolean[]> => {
      const chunk = concat(Uint8Array.of(1), salt, commit, ciphertext);
      const root = labelledHash(LABELS.blobRoot, Uint8Array.of(0, 0, 0, 1), sha256(chunk));
      const manifest = { root, chunks: 1, length: 252 };
      const opened = await Promise.all(keys.map((key) => openBlob(key, manifest, async () => chunk)));
      return opened.map((file) => file !== null);
    };
    expect(await open(derived[0]!.slice(32))).toEqual([true, false]);
    expect(await open(derived[1]!.slice(32))).toEqual([false, false]);
    expect(await open(random(32))).toEqual([false, false]);
  });
});

async function opensAsPlainGcm(
  key: Bytes,
  iv: Bytes,
  additionalData: Bytes,
  sealed: Bytes,
): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const opened = crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, imported, sealed);
  return opened.then(
    () => true,
    () => false,
  );
}
