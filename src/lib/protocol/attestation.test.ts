import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concat, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { toBase64url } from '#lib/bytes/base64url.ts';
import {
  addressOfBundle,
  ATTESTATION_BYTES,
  attestationMessage,
  decodeAttestation,
  EMPTY_LOG,
  encodeAttestation,
  followLog,
  foreignAttestations,
  identityCommitment,
  nextHead,
  type LogLeaf,
} from './attestation.ts';

const sha256 = (...parts: readonly Uint8Array[]): Bytes =>
  toOwned(
    createHash('sha256')
      .update(concat(...parts))
      .digest(),
  );

const filled = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte);
const CAMILLE = { firstName: 'Camille', lastName: 'Moreau', birthDate: '1986-05-14' };
const attestation = {
  address: addressOfBundle(filled(100, 7), sha256),
  commitment: identityCommitment(filled(32, 1), CAMILLE, sha256),
  issued: Date.UTC(2026, 10, 23),
  signature: filled(64, 9),
};

describe('an attestation', () => {
  test('keeps its bytes', () => {
    const bytes = encodeAttestation(attestation);
    expect(bytes.length).toBe(ATTESTATION_BYTES);
    expect(toBase64url(bytes)).toBe(
      'AQETMw2wVc6lhTVRTk1eOvfGZrFeitpV2B2sFi8KXqqYHyuY1i0ZHC3l7OZ638_1b1kpmmSlvmFgSBTuXPccDrUIAAAB' +
        'ogWz0AAJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ',
    );
    expect(decodeAttestation(bytes)).toEqual(attestation);
  });

  test('is signed from its version to its date, under its label', () => {
    const bytes = encodeAttestation(attestation);
    const signed = concat(new TextEncoder().encode('carnet/attestation/v1'), bytes.slice(0, 74));
    expect(hex(attestationMessage(attestation))).toBe(hex(signed));
  });

  test('cut short, lengthened, of another version or of another kind of address, is none', () => {
    const bytes = encodeAttestation(attestation);
    const altered = (at: number, value: number) => bytes.map((byte, index) => (index === at ? value : byte));
    for (let length = 0; length < bytes.length; length++)
      expect(decodeAttestation(bytes.slice(0, length))).toBeNull();
    expect(decodeAttestation(concat(bytes, filled(1, 0)))).toBeNull();
    expect(decodeAttestation(altered(0, 2))).toBeNull();
    expect(decodeAttestation(altered(1, 2))).toBeNull();
  });

  test("Camille's commitment depends on each name, on the date and on the salt, not on how letters are composed", () => {
    const of = (change: object, salt = filled(32, 1)) =>
      hex(identityCommitment(salt, { ...CAMILLE, ...change }, sha256));
    const changed = [
      of({}),
      of({ firstName: 'Camil' }),
      of({ lastName: 'leMoreau', firstName: 'Camil' }),
      of({ birthDate: '1986-05-15' }),
      of({}, filled(32, 2)),
    ];
    expect(new Set(changed).size).toBe(changed.length);
    expect(of({ firstName: 'Zoe\u0301' })).toBe(of({ firstName: 'Zo\u00e9' }));
  });
});

describe('the log', () => {
  const leaf = (n: number): LogLeaf => ({ commitment: filled(32, n), attestationHash: filled(32, 100 + n) });
  const leaves = [leaf(1), leaf(2), leaf(3), leaf(1)];
  const head = leaves.reduce((before, each) => nextHead(before, each, sha256), EMPTY_LOG);

  test('leads from any head to the last', () => {
    expect(followLog(EMPTY_LOG, leaves, head, sha256)).toEqual(head);
    const second = nextHead(nextHead(EMPTY_LOG, leaf(1), sha256), leaf(2), sha256);
    expect(followLog(second, leaves.slice(2), head, sha256)).toEqual(head);
    expect(followLog(head, [], head, sha256)).toEqual(head);
  });

  test('with an entry left out, changed, moved or added leads elsewhere', () => {
    const [a, b, c, d] = leaves as [LogLeaf, LogLeaf, LogLeaf, LogLeaf];
    for (const forged of [
      [a, b, c],
      [a, c, d],
      [b, a, c, d],
      [a, b, c, leaf(4)],
      [...leaves, leaf(5)],
      [a, { ...b, commitment: filled(32, 0) }, c, d],
    ])
      expect(followLog(EMPTY_LOG, forged, head, sha256)).toBeNull();
  });

  test('shows Camille what was attested for her, and what of it is not hers', () => {
    const own = { commitment: filled(32, 1), attestationHashes: [filled(32, 101)] };
    expect(foreignAttestations(leaves, own)).toEqual([]);
    expect(
      foreignAttestations([...leaves, { ...leaf(1), attestationHash: filled(32, 200) }], own),
    ).toHaveLength(1);
  });
});
