import { describe, expect, test } from 'vitest';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { localKey, openLocal, sealLocal } from '#lib/crypto/local.ts';
import { generateSealingKeys, openBox, sealBox } from '#lib/crypto/sealing.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { seededRandom } from '../helpers/tools/random.ts';

// MEGA's servers learned a key bit by bit from how its clients failed on altered wrappings. Here each bit of each
// wrapping is altered, and the outcome is one and the same value: nothing, with no part of the key used.

const random = seededRandom('B02');
const wrapped = random(32);

describe('B02: the relay alters a wrapped key', () => {
  test('wrapped by the committing AEAD: every bit, every cut, one outcome', () => {
    const key = random(32);
    const sealed = sealCommitting(key, LABELS.localSlot, utf8('slot'), wrapped, random);
    const open = (bytes: Bytes): unknown => openCommitting(key, LABELS.localSlot, utf8('slot'), bytes);
    expect(open(sealed)).toEqual(wrapped);
    expect(outcomes([...everyBit(sealed), ...everyCut(sealed)].map(open))).toEqual([null]);
  });

  test('on the own disk: every bit, every cut, one outcome', async () => {
    const key = localKey(random(32));
    const sealed = await sealLocal(key, 'device/keys', wrapped, random);
    const altered = [...everyBit(sealed), ...everyCut(sealed)];
    expect(outcomes(await Promise.all(altered.map((bytes) => openLocal(key, 'device/keys', bytes))))).toEqual(
      [null],
    );
  });

  test('in a box to Bob: each byte, every failure before and after the KEM, one outcome', async () => {
    const bob = await generateSealingKeys(random(32));
    const alice = await createSigner(random(32));
    const recipientId = random(32);
    const sealed = await sealBox({
      recipient: bob.publicKey,
      recipientId,
      purpose: 'epoch',
      sender: utf8('alice'),
      expiry: 10,
      body: wrapped,
      signer: alice,
      random,
    });
    const asked: unknown[] = [];
    const verifySender = (sender: Bytes): Bytes => (asked.push(sender), alice.publicKey);
    const open = (bytes: Bytes) =>
      openBox({ secret: bob.secretSeed, recipientId, purpose: 'epoch', now: 1, sealed: bytes, verifySender });
    // Each byte once, with a bit that moves along; in steps through the long KEM ciphertext, whose parts are alike.
    const places = Array.from(sealed.keys()).filter((at) => at < 3 || at > 1085 || at % 31 === 0);
    const results: unknown[] = [];
    for (const at of places) results.push(await open(flipped(sealed, at * 8 + (at % 8))));
    expect(outcomes(results)).toEqual([null]);
    expect(asked).toEqual([]);
    expect((await open(sealed))?.body).toEqual(wrapped);
  });
});

function outcomes(results: readonly unknown[]): unknown[] {
  return [...new Set(results)];
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

function everyBit(bytes: Bytes): Bytes[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => flipped(bytes, bit));
}

function everyCut(bytes: Bytes): Bytes[] {
  return Array.from({ length: bytes.length }, (_, length) => bytes.slice(0, length));
}
