import { x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import {
  admitSealingKey,
  generateSealingKeys,
  openBox,
  sealBox,
  SealingKeyRefused,
} from '#lib/crypto/sealing.ts';
import { admitSigningKey, createSigner, verify, verifyFallback } from '#lib/crypto/signature.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// Degenerate keys: with a point of small order the agreed secret is known to everybody, with a zero lattice part the
// KEM sends its secret in clear. Nothing is ever sealed to such a key, and nothing opens that was made with one.

const random = seededRandom('A04');
const bob = await generateSealingKeys(random(32));
const alice = await createSigner(random(32));

const P = 2n ** 255n - 19n;
const ORDER_EIGHT = [
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
] as const;
/** The twelve encodings of u-coordinates of small order. */
const LOW_ORDER = [
  0n,
  1n,
  ...ORDER_EIGHT,
  P - 1n,
  P,
  P + 1n,
  ...ORDER_EIGHT.map((u) => u + P),
  2n * P - 1n,
  2n * P,
  2n * P + 1n,
].map(littleEndian);

describe('A04: Alice is handed a degenerate key', () => {
  test.each(LOW_ORDER.map((point) => [hex(point), point] as const))(
    'with the X25519 point %s: refused, and she seals nothing to it',
    async (_, point) => {
      const key = withX25519(point);
      expect(admitSealingKey(key)).toBe(false);
      await refusesToSeal(key);
      // Five of them are of small order only for code that does not mask the unused bit, as the standard asks.
      if (point[31]! < 0x80) expect(() => x25519.getSharedSecret(random(32), point)).toThrow();
    },
  );

  test.each([
    ['a second spelling of a good point', withX25519(littleEndian(9n + P))],
    ['a good point with its unused bit set', withX25519(highBit(bob.publicKey.slice(-32)))],
    ['a zero lattice part', bob.publicKey.map((byte, i) => (i < 1152 ? 0 : byte))],
    ['one zero polynomial', bob.publicKey.map((byte, i) => (i >= 384 && i < 768 ? 0 : byte))],
    ['a coefficient that is the modulus', withFirstCoefficient(3329)],
    ['a coefficient of all ones', withFirstCoefficient(4095)],
    ['nothing but zeros', new Uint8Array(1216)],
    ['no bytes', new Uint8Array(0)],
    ['one byte short', bob.publicKey.slice(0, -1)],
    ['one byte more', new Uint8Array([...bob.publicKey, 0])],
    ['the lattice part alone', bob.publicKey.slice(0, 1184)],
    ['the X25519 part alone', bob.publicKey.slice(-32)],
  ])('with %s: refused, and she seals nothing to it', async (_, key) => {
    expect(admitSealingKey(key)).toBe(false);
    await refusesToSeal(key);
  });

  test('the largest coefficient below the modulus, and Bob’s own key, are good', () => {
    expect(admitSealingKey(withFirstCoefficient(3328))).toBe(true);
    expect(admitSealingKey(bob.publicKey)).toBe(true);
  });

  test('as the sender’s half of a box: Bob opens none of the twelve', async () => {
    const sealed = await sealBox(letter(bob.publicKey));
    for (const point of LOW_ORDER) {
      const altered = sealed.slice();
      altered.set(point, 1 + 1088);
      expect(await open(altered)).toBeNull();
    }
    expect(await open(sealed)).not.toBeNull();
  });

  test('as a signing key: none of small order or with a second spelling is admitted, whatever they sign', async () => {
    const keys = [
      '01' + '00'.repeat(31),
      'ec' + 'ff'.repeat(30) + '7f',
      '00'.repeat(32),
      '00'.repeat(31) + '80',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      '01' + '00'.repeat(30) + '80',
      'ec' + 'ff'.repeat(31),
      'ed' + 'ff'.repeat(30) + '7f',
      'ee' + 'ff'.repeat(30) + '7f',
      'ee' + 'ff'.repeat(31),
      'ff'.repeat(32),
    ].map(fromHex);
    // With the identity as key, R = S·B is a signature of every message for a verifier that takes the key.
    const signature = new Uint8Array(64);
    signature[0] = 1;
    for (const key of keys) {
      expect(admitSigningKey(key)).toBe(false);
      expect(await verify(key, random(10), signature)).toBe(false);
      expect(verifyFallback(key, random(10), signature)).toBe(false);
    }
    for (const length of [0, 31, 33, 64])
      expect(admitSigningKey(resized(alice.publicKey, length))).toBe(false);
    expect(admitSigningKey(alice.publicKey)).toBe(true);
  });
});

function resized(bytes: Bytes, length: number): Bytes {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy;
}

async function refusesToSeal(key: Bytes): Promise<void> {
  let drawn = 0;
  const counting = (length: number): Bytes => ((drawn += length), random(length));
  await expect(sealBox({ ...letter(key), random: counting })).rejects.toThrow(SealingKeyRefused);
  expect(drawn).toBe(0);
}

function letter(recipient: Bytes) {
  const recipientId = new Uint8Array(32).fill(7);
  const sender = new Uint8Array(32).fill(1);
  return {
    recipient,
    recipientId,
    purpose: 'epoch',
    sender,
    expiry: 2,
    body: new Uint8Array(32),
    signer: alice,
    random,
  };
}

function open(sealed: Bytes) {
  const recipientId = new Uint8Array(32).fill(7);
  const verifySender = (): Bytes => alice.publicKey;
  return openBox({ secret: bob.secretSeed, recipientId, purpose: 'epoch', now: 1, sealed, verifySender });
}

function withX25519(point: Bytes): Bytes {
  const key = bob.publicKey.slice();
  key.set(point, 1184);
  return key;
}

function withFirstCoefficient(value: number): Bytes {
  const key = bob.publicKey.slice();
  key[0] = value & 0xff;
  key[1] = (key[1]! & 0xf0) | (value >> 8);
  return key;
}

function highBit(point: Bytes): Bytes {
  point[31]! |= 0x80;
  return point;
}

function littleEndian(value: bigint): Bytes {
  return fromHex(value.toString(16).padStart(64, '0')).reverse();
}
