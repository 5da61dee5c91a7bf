import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sealBlob } from '#lib/crypto/blob.ts';
import { FRAME_KINDS, frameKey, frameLength, sealFrame } from '#lib/crypto/frame.ts';
import { paddedLength } from '#lib/crypto/padding.ts';
import { generateSealingKeys, sealBox } from '#lib/crypto/sealing.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// Where attacker-chosen text is compressed together with a secret, lengths tell the secret (CRIME, Threema's backup).
// Frames, boxes and blobs are not compressed: what a ciphertext weighs depends on the size class of its content only.

const random = seededRandom('B09');
const key = frameKey(random(32), 1, random(32));
const kind = fc.constantFrom(...FRAME_KINDS);
const length = fc.oneof(fc.nat(2000), fc.nat(100_000));
const fill = fc.constantFrom<(length: number) => Bytes>(
  (n) => new Uint8Array(n),
  (n) => random(n),
  (n) => utf8('allergie '.repeat(n / 9 + 1)).slice(0, n),
);

describe('B09: the relay weighs ciphertexts', () => {
  test('a frame weighs what its size class says, whatever its kind and content', () => {
    fc.assert(
      fc.property(length, kind, fill, (n, frameKind, content) => {
        expect(sealFrame(key, frameKind, content(n), random).length).toBe(frameLength(n));
      }),
      { numRuns: 60 },
    );
  });

  test('two inner parts of one class weigh the same, of two classes do not', () => {
    fc.assert(
      fc.property(length, length, (a, b) => {
        expect(frameLength(a) === frameLength(b)).toBe(paddedLength(a) === paddedLength(b));
      }),
    );
    expect(frameLength(0)).toBe(frameLength(252));
  });

  test('a guess that repeats a secret makes the frame no shorter than a guess that does not', () => {
    const secret = 'arachide, choc anaphylactique en 2019';
    const weigh = (guess: string): number =>
      sealFrame(key, 'update', utf8(secret + guess.repeat(30)), random).length;
    expect(weigh(secret)).toBe(weigh(secret.replaceAll(/\w/g, 'x')));
  });

  test('a box and a blob likewise', async () => {
    const bob = await generateSealingKeys(random(32));
    const signer = await createSigner(random(32));
    const box = {
      recipient: bob.publicKey,
      recipientId: random(32),
      purpose: 'epoch',
      expiry: 1,
      signer,
      random,
    };
    const boxLength = async (sender: Bytes, body: Bytes) => (await sealBox({ ...box, sender, body })).length;
    expect(await boxLength(random(32), new Uint8Array(40))).toBe(await boxLength(random(2), random(60)));
    const blobLengths = async (file: Bytes) =>
      (await sealBlob(random(32), file, random)).chunks.map((chunk) => chunk.length);
    expect(await blobLengths(new Uint8Array(500_000))).toEqual(await blobLengths(random(501_000)));
  });
});
