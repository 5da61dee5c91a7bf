import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { verify } from '#lib/crypto/signature.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  decodeEpochSecrets,
  deriveEpoch,
  encodeEpochSecrets,
  epochId,
  generateEpoch,
  partsOf,
  readHash,
  type EpochParts,
} from './epoch.ts';

const random = seededRandom('epoch');
const space = random(32);
const secrets = generateEpoch(random, 5);

/** What somebody holds who was given no more of the epoch. */
function some(...held: ('write' | 'delete')[]): EpochParts {
  const { epoch, id, read, ...rest } = partsOf(secrets);
  return { epoch, id, read, ...Object.fromEntries(held.map((name) => [name, rest[name]])) };
}

describe('an epoch', () => {
  test('gives whoever holds a part of it the same topic and frame key', async () => {
    const owner = await deriveEpoch(space, secrets);
    const reader = await deriveEpoch(space, some());
    expect(reader.topic).toEqual(owner.topic);
    expect(reader.id).toEqual(epochId(secrets));
    const frame = sealFrame(owner.frameKey, 'update', random(10), random);
    expect(openFrame([reader.frameKey], frame)?.inner).toHaveLength(10);
  });

  test('gives a reader nothing to post or delete with, and a writer nothing to delete with', async () => {
    const reader = await deriveEpoch(space, some());
    const writer = await deriveEpoch(space, some('write'));
    expect([reader.writer, reader.deleter]).toEqual([undefined, undefined]);
    expect([writer.writer?.publicKey.length, writer.deleter]).toEqual([32, undefined]);
  });

  test('has one write key pair for all its writers', async () => {
    const [one, other] = await Promise.all([deriveEpoch(space, secrets), deriveEpoch(space, secrets)]);
    const signature = await one.writer!.sign(random(8).fill(1));
    expect(await verify(other.writer!.publicKey, new Uint8Array(8).fill(1), signature)).toBe(true);
    expect(one.writer!.publicKey).not.toEqual(one.deleter!.publicKey);
  });

  test('shares nothing with another space, number or key', async () => {
    const epochs = await Promise.all([
      deriveEpoch(space, secrets),
      deriveEpoch(random(32), secrets),
      deriveEpoch(space, { ...secrets, epoch: 6 }),
      deriveEpoch(space, { ...secrets, key: random(32) }),
    ]);
    const everything = epochs.flatMap(({ topic, frameKey, writer, deleter }) =>
      [topic, frameKey.secret, writer!.publicKey, deleter!.publicKey].map(hex),
    );
    expect(new Set(everything).size).toBe(16);
  });

  test('finding 13: is named by its key, and so is its read secret: another key or number has other names', () => {
    const others = [secrets, { ...secrets, epoch: 6 }, { ...secrets, key: random(32) }];
    expect(new Set(others.map((one) => hex(epochId(one)))).size).toBe(3);
    expect(new Set(others.map((one) => hex(readHash(partsOf(one))))).size).toBe(3);
    expect(epochId(secrets)).toEqual(epochId({ ...secrets }));
  });

  test('says by its names nothing of what is under it', () => {
    const { id, read, write, delete: erase } = partsOf(secrets);
    const told = [id, readHash({ epoch: 5, read })];
    const secret = [secrets.key, read, write, erase];
    expect(new Set([...told, ...secret].map(hex)).size).toBe(6);
  });

  test('is kept and read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (epoch) => {
        const held = { ...secrets, epoch };
        expect(decodeEpochSecrets(encodeEpochSecrets(held))).toEqual(held);
      }),
    );
  });

  test('hostile bytes give null, and nothing has two spellings', () => {
    expectStrictDecoder(encodeEpochSecrets(secrets), decodeEpochSecrets, encodeEpochSecrets);
  });
});
