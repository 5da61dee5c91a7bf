import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { concat, equal, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { addressOfBundle, identityCommitment } from './attestation.ts';
import {
  CHILD_RECORD_BYTES,
  childRecordMessage,
  decodeChildRecord,
  encodeChildRecord,
  verifyChildRecord,
} from './child-record.ts';

const sha256 = (...parts: readonly Uint8Array[]): Bytes =>
  toOwned(
    createHash('sha256')
      .update(concat(...parts))
      .digest(),
  );
const filled = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte);

const ZOE = { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' };
const salt = filled(32, 1);
const stated = {
  space: filled(32, 7),
  address: addressOfBundle(filled(9, 1), sha256),
  commitment: identityCommitment(salt, ZOE, sha256),
  issued: Date.UTC(2026, 10, 23),
};
const statement = encodeChildRecord({ ...stated, signature: filled(64, 9) });
const expected = {
  authorityKey: filled(32, 5),
  space: stated.space,
  address: stated.address,
  child: ZOE,
  identitySalt: salt,
};

/** Takes the one key and signature of this page for good, over the right message. */
const primitives = {
  sha256,
  verify: (key: Bytes, message: Bytes, signature: Bytes) =>
    equal(key, filled(32, 5)) &&
    equal(message, childRecordMessage(stated)) &&
    equal(signature, filled(64, 9)),
};

test('ACT-29: a statement comes back as it went, and is signed from its version to its date', () => {
  expect(statement).toHaveLength(CHILD_RECORD_BYTES);
  expect(decodeChildRecord(statement)).toEqual({ ...stated, signature: filled(64, 9) });
  expect(hex(childRecordMessage(stated))).toBe(
    hex(concat(utf8('carnet/child-record/v1'), statement.slice(0, CHILD_RECORD_BYTES - 64))),
  );
});

test('a statement cut short, lengthened, of another version or kind of address is none', () => {
  for (let length = 0; length < statement.length; length++)
    expect(decodeChildRecord(statement.slice(0, length))).toBeNull();
  expect(decodeChildRecord(concat(statement, filled(1, 0)))).toBeNull();
  expect(decodeChildRecord(statement.with(0, 2))).toBeNull();
  expect(decodeChildRecord(statement.with(33, 2))).toBeNull();
  expect(() => childRecordMessage({ ...stated, space: filled(31, 7) })).toThrow(RangeError);
  expect(() => childRecordMessage({ ...stated, address: 'carnet1' })).toThrow(RangeError);
});

test('a statement is believed for its own space, guardian and child, under the key of the authority', async () => {
  const verify = (change: object, bytes = statement) =>
    verifyChildRecord(bytes, { ...expected, ...change }, primitives);
  expect(await verify({})).toEqual(stated);
  expect(await verify({ address: null })).toEqual(stated);
  expect(await verify({ address: stated.address.toUpperCase() })).toEqual(stated);
  expect(await verify({ space: filled(32, 8) })).toBeNull();
  expect(await verify({ address: addressOfBundle(filled(9, 2), sha256) })).toBeNull();
  expect(await verify({ child: { ...ZOE, firstName: 'Malo' } })).toBeNull();
  expect(await verify({ identitySalt: filled(32, 2) })).toBeNull();
  expect(await verify({ authorityKey: filled(32, 6) })).toBeNull();
  for (let at = 0; at < statement.length; at++)
    expect([at, await verify({}, statement.with(at, statement[at]! ^ 1))]).toEqual([at, null]);
});
