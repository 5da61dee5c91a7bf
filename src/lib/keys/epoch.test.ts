import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { verify } from '#lib/crypto/signature.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { decodeEpochSecrets, deriveEpoch, encodeEpochSecrets, generateEpoch, withId } from './epoch.ts';
import { secretsFor } from './roles.ts';

const random = seededRandom('epoch');
const space = random(32);
const secrets = withId(generateEpoch(random, 5), random(32));

describe('an epoch', () => {
  test('gives every member the same topic and frame key, whatever else they hold', async () => {
    const owner = await deriveEpoch(space, secrets);
    const reader = await deriveEpoch(space, secretsFor('reader', secrets));
    expect(reader.topic).toEqual(owner.topic);
    const frame = sealFrame(owner.frameKey, 'update', random(10), random);
    expect(openFrame([reader.frameKey], frame)?.inner).toHaveLength(10);
  });

  test('gives a reader nothing to post or delete with, and a participant nothing to delete with', async () => {
    const reader = await deriveEpoch(space, secretsFor('reader', secrets));
    const participant = await deriveEpoch(space, secretsFor('participant', secrets));
    expect([reader.writer, reader.deleter]).toEqual([undefined, undefined]);
    expect([participant.writer?.publicKey.length, participant.deleter]).toEqual([32, undefined]);
  });

  test('has one write key pair for all its writers', async () => {
    const [one, other] = await Promise.all([deriveEpoch(space, secrets), deriveEpoch(space, secrets)]);
    const signature = await one.writer!.sign(random(8).fill(1));
    expect(await verify(other.writer!.publicKey, new Uint8Array(8).fill(1), signature)).toBe(true);
    expect(one.writer!.publicKey).not.toEqual(one.deleter!.publicKey);
  });

  test('shares nothing with another space, number or rotation', async () => {
    const epochs = await Promise.all([
      deriveEpoch(space, secrets),
      deriveEpoch(random(32), secrets),
      deriveEpoch(space, { ...secrets, epoch: 6 }),
      deriveEpoch(space, withId(secrets, random(32))),
    ]);
    const everything = epochs.flatMap(({ topic, frameKey, writer, deleter }) =>
      [topic, frameKey.secret, writer!.publicKey, deleter!.publicKey].map(hex),
    );
    expect(new Set(everything).size).toBe(16);
  });

  test('is kept and read back with as many secrets as were held', () => {
    const roles = fc.constantFrom('owner', 'reader', 'participant', 'administrator', 'depositor');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), roles, (epoch, role) => {
        const held = secretsFor(role, { ...secrets, epoch });
        expect(decodeEpochSecrets(encodeEpochSecrets(held))).toEqual(held);
      }),
    );
  });

  test('hostile bytes give null, and nothing has two spellings', () => {
    for (const role of ['owner', 'reader', 'participant'] as const) {
      expectStrictDecoder(
        encodeEpochSecrets(secretsFor(role, secrets)),
        decodeEpochSecrets,
        encodeEpochSecrets,
      );
    }
  });
});
