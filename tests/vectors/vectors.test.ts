import { expect, test, vi } from 'vitest';
import { runVectors } from './run.ts';

vi.unmock('#lib/crypto/kdf.ts');

const reports = await runVectors();

test('every published primitive and every format of our own has vectors', () => {
  expect(reports.map(({ name, passed, failed }) => `${name}: ${passed + failed}`)).toMatchInlineSnapshot(`
    [
      "XChaCha20-Poly1305: 315",
      "AES-256-GCM: 66",
      "HKDF-SHA-256: 86",
      "HKDF-SHA-512: 83",
      "HMAC-SHA-256: 174",
      "Ed25519: 151",
      "Ed25519 edge cases: 12",
      "X25519: 179",
      "ML-KEM-768: 40",
      "X-Wing: 3",
      "Argon2id: 6",
      "frame: 30",
      "committing AEAD: 19",
      "sealed box: 14",
      "local value: 12",
      "blob: 14",
      "slot pieces: 5",
      "bech32m: 12",
      "padding: 10",
      "size classes: 13",
      "signature rule: 14",
      "formats of keys: 117",
      "derivations of keys: 16",
      "formats of guardians: 40",
      "derivations of guardians: 2",
      "account chain: 7",
      "password slot: 11",
      "passkey: 13",
      "bodies of a record: 42",
      "frames of a record: 8",
      "snapshots of a record: 11",
      "the authority's statements: 19",
      "calls of the authority: 29",
    ]
  `);
});

test.each(reports)('$name: the code agrees with all $passed vectors', ({ failures }) => {
  expect(failures).toEqual([]);
});
