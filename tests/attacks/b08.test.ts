import { describe, expect, test } from 'vitest';
import { concat, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { openBlob, sealBlob } from '#lib/crypto/blob.ts';
import { sealCommitting } from '#lib/crypto/committing.ts';
import { frameKey, openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { localKey, openLocal, sealLocal } from '#lib/crypto/local.ts';
import { pad } from '#lib/crypto/padding.ts';
import { generateSealingKeys, openBox, sealBox } from '#lib/crypto/sealing.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { admitsSuite, LABELS, MIN_SUITE, SUITE } from '#lib/crypto/suite.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// The relay offers Alice an older, weaker format, or alters the byte that names the format.

const random = seededRandom('B08');
const secret = random(32);
const key = frameKey(secret, 1, secret);
const OTHER_VERSIONS = Array.from({ length: 256 }, (_, version) => version).filter((v) => v !== SUITE);

describe('B08: the relay offers a lower version', () => {
  test('the oldest suite that opens is 1, and is never lowered', () => {
    expect(MIN_SUITE).toBeGreaterThanOrEqual(1);
    expect(SUITE).toBeGreaterThanOrEqual(MIN_SUITE);
    expect([undefined, 0, MIN_SUITE - 1, SUITE + 1, 255].map(admitsSuite)).not.toContain(true);
    expect(admitsSuite(SUITE)).toBe(true);
  });

  test('a frame with any other version byte is refused', () => {
    const frame = sealFrame(key, 'update', random(20), random);
    expect(openFrame([key], frame)).not.toBeNull();
    for (const version of OTHER_VERSIONS) expect(openFrame([key], as(version, frame))).toBeNull();
  });

  test('a frame truly sealed as another suite is refused, however it names itself: the suite is in what is sealed', () => {
    for (const suite of [0, 2, 255]) {
      const aad = new Writer().u8(suite).bytes(secret).u32(1).u8(1).finish();
      const sealed = sealCommitting(secret, LABELS.frame, aad, pad(random(20)), random);
      for (const version of [suite, SUITE]) {
        expect(openFrame([key], concat(Uint8Array.of(version), sealed))).toBeNull();
      }
    }
    const honest = new Writer().u8(SUITE).bytes(secret).u32(1).u8(1).finish();
    const sealed = sealCommitting(secret, LABELS.frame, honest, pad(random(20)), random);
    expect(openFrame([key], concat(Uint8Array.of(SUITE), sealed))).not.toBeNull();
  });

  test('a value on disk with any other version byte is refused', async () => {
    const local = localKey(secret);
    const value = await sealLocal(local, 'state', random(20), random);
    expect(await openLocal(local, 'state', value)).not.toBeNull();
    for (const version of OTHER_VERSIONS) {
      expect(await openLocal(local, 'state', as(version, value))).toBeNull();
    }
  });

  test('a blob with any other version byte is refused, though the manifest was forged to match', async () => {
    const blob = await sealBlob(secret, random(20), random);
    const open = (chunk: Bytes) => {
      const root = labelledHash(LABELS.blobRoot, new Writer().u32(1).finish(), sha256(chunk));
      return openBlob(secret, { root, chunks: 1, length: 20 }, async () => chunk);
    };
    expect(await open(blob.chunks[0]!)).not.toBeNull();
    for (const version of OTHER_VERSIONS) expect(await open(as(version, blob.chunks[0]!))).toBeNull();
  });

  test('a box with any other version byte is refused', async () => {
    const bob = await generateSealingKeys(secret);
    const signer = await createSigner(secret);
    const common = { recipientId: secret, purpose: 'epoch', sender: utf8('alice') };
    const body = random(20);
    const sealed = await sealBox({ ...common, recipient: bob.publicKey, expiry: 1, body, signer, random });
    const open = (bytes: Bytes) =>
      openBox({ ...common, secret, now: 1, sealed: bytes, verifySender: () => signer.publicKey });
    expect(await open(sealed)).not.toBeNull();
    for (const version of OTHER_VERSIONS) expect(await open(as(version, sealed))).toBeNull();
  });
});

function as(version: number, bytes: Bytes): Bytes {
  const copy = bytes.slice();
  copy[0] = version;
  return copy;
}
