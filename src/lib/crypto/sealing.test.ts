import { x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, equal, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { openCommitting, sealCommitting } from './committing.ts';
import { hkdfSha256, sha256 } from './hash.ts';
import { pad, unpad } from './padding.ts';
import {
  admitSealingKey,
  generateSealingKeys,
  openBox,
  sealBox,
  SealingKeyRefused,
  type BoxToOpen,
  type BoxToSeal,
} from './sealing.ts';
import { createSigner } from './signature.ts';
import { LABELS } from './suite.ts';
import { decapsulate, encapsulate } from './xwing.ts';

const random = seededRandom('sealing');
const alice = await createSigner(random(32));
const mallory = await createSigner(random(32));
const bob = await generateSealingKeys(random(32));
const bobId = random(32);
const aliceId = utf8('alice');
const NOW = 1_700_000_000_000;

const letter: BoxToSeal = {
  recipient: bob.publicKey,
  recipientId: bobId,
  purpose: 'epoch',
  sender: aliceId,
  expiry: NOW + 1000,
  body: utf8('the read secret'),
  signer: alice,
  random,
};
const sealed = await sealBox(letter);
const reading: BoxToOpen = {
  secret: bob.secretSeed,
  recipientId: bobId,
  purpose: 'epoch',
  now: NOW,
  sealed,
  verifySender: (sender) => (equal(sender, aliceId) ? alice.publicKey : null),
};

describe('a sealed box', () => {
  test('from Alice to Bob opens for Bob, who learns who wrote what', async () => {
    const opened = await openBox(reading);
    expect(opened).toEqual({ sender: aliceId, expiry: NOW + 1000, body: letter.body });
  });

  test('opens up to its expiry and not after', async () => {
    expect(await openBox({ ...reading, now: NOW + 1000 })).not.toBeNull();
    expect(await openBox({ ...reading, now: NOW + 1001 })).toBeNull();
  });

  test.each<[string, Partial<BoxToOpen>]>([
    ['another secret', { secret: random(32) }],
    ['another recipient', { recipientId: random(32) }],
    ['another purpose', { purpose: 'message' }],
    ['a purpose that continues it', { purpose: 'epoch2' }],
    ['no key for the sender', { verifySender: () => null }],
    ['another key for the sender', { verifySender: () => mallory.publicKey }],
  ])('does not open with %s', async (_, change) => {
    expect(await openBox({ ...reading, ...change })).toBeNull();
  });

  test('with any one bit changed, cut short or lengthened does not open', async () => {
    const bits = fc.integer({ min: 0, max: sealed.length * 8 - 1 });
    const altered = fc.oneof(
      bits.map((bit) => flipped(sealed, bit)),
      fc.integer({ min: 0, max: sealed.length - 1 }).map((length) => sealed.slice(0, length)),
      fc.constant(new Uint8Array([...sealed, 0])),
    );
    await fc.assert(
      fc.asyncProperty(altered, async (bytes) => {
        expect(await openBox({ ...reading, sealed: bytes })).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test('tells nothing of the body but its size class', async () => {
    const other = await sealBox({ ...letter, sender: utf8('eve'), body: utf8('x') });
    expect(other.length).toBe(sealed.length);
  });

  test('takes its key from the recipient alone: the sender cannot open it again', async () => {
    const own = await generateSealingKeys(random(32));
    expect(await openBox({ ...reading, secret: own.secretSeed })).toBeNull();
  });
});

describe('A07: Bob passes on what Alice wrote to him', () => {
  test('to Carol, in a box of his own around her signed text: Carol opens nothing', async () => {
    const carol = await generateSealingKeys(random(32));
    const carolId = random(32);
    for (const recipientId of [carolId, bobId]) {
      const forwarded = await resealed(recipientId, carol.publicKey);
      const request = { ...reading, secret: carol.secretSeed, sealed: forwarded };
      expect(await openBox({ ...request, recipientId: carolId })).toBeNull();
    }
    // The same steps with nothing changed but the KEM ciphertext: the signature covers that too.
    expect(await openBox({ ...reading, sealed: await resealed(bobId, bob.publicKey) })).toBeNull();
  });

  /** What Bob decrypted, sealed again to somebody, by the steps of the format. */
  async function resealed(recipientId: Bytes, recipient: Bytes): Promise<Bytes> {
    const inner = unsealed(sealed, bob.secretSeed, bobId);
    const { ciphertext, shared } = encapsulate(recipient, random(64));
    const { key, aad } = keyAndAad(shared, ciphertext, recipientId);
    const body = sealCommitting(key, LABELS.boxBody, aad, pad(inner), random);
    return concat(Uint8Array.of(1), ciphertext, body);
  }

  function unsealed(box: Bytes, secret: Bytes, recipientId: Bytes): Bytes {
    const ciphertext = box.slice(1, 1121);
    const { key, aad } = keyAndAad(decapsulate(ciphertext, secret), ciphertext, recipientId);
    return unpad(openCommitting(key, LABELS.boxBody, aad, box.slice(1121))!)!;
  }

  function keyAndAad(shared: Bytes, ciphertext: Bytes, recipientId: Bytes): { key: Bytes; aad: Bytes } {
    const bound = concat(recipientId, sha256(ciphertext), utf8('epoch'));
    const key = hkdfSha256(shared, new Uint8Array(0), concat(utf8(LABELS.box), bound), 32);
    return { key, aad: concat(Uint8Array.of(1), bound) };
  }
});

describe('a sealing key', () => {
  test('that was generated is admitted, for any seed', async () => {
    for (let i = 0; i < 5; i++) {
      expect(admitSealingKey((await generateSealingKeys(random(32))).publicKey)).toBe(true);
    }
  });

  test('of the recipient that is not admitted is never sealed to', async () => {
    const zero = bob.publicKey.map((byte, i) => (i < 384 ? 0 : byte));
    const drawn: number[] = [];
    const counting = (length: number): Bytes => (drawn.push(length), random(length));
    await expect(sealBox({ ...letter, recipient: zero, random: counting })).rejects.toThrow(
      SealingKeyRefused,
    );
    expect(drawn).toEqual([]);
  });

  test('of small order is exactly one with which X25519 agrees on nothing', () => {
    for (let u = 0; u < 64; u++) {
      const point = new Uint8Array(32);
      point[0] = u;
      const key = bob.publicKey.slice();
      key.set(point, 1184);
      expect(admitSealingKey(key)).toBe(agreesOnSomething(point));
    }
  });
});

function agreesOnSomething(point: Bytes): boolean {
  try {
    x25519.getSharedSecret(new Uint8Array(32).fill(7), point);
    return true;
  } catch {
    return false;
  }
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
