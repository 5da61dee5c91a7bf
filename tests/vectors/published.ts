/** The published vectors of every primitive the product calls, put to the very functions it calls, loaded as it loads them. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { gcm } from '@noble/ciphers/webcrypto.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { concat, equal, isZero, type Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha256, hkdfSha512 } from '#lib/crypto/hash.ts';
import { detectEngine, fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { verify, verifyFallback } from '#lib/crypto/signature.ts';
import { orNull, type Case, type VectorSet } from './case.ts';
import aes from './published/aes-256-gcm.json' with { type: 'json' };
import argon2 from './published/argon2id.json' with { type: 'json' };
import speccheck from './published/ed25519-speccheck.json' with { type: 'json' };
import ed25519 from './published/ed25519.json' with { type: 'json' };
import hkdf256 from './published/hkdf-sha256.json' with { type: 'json' };
import hkdf512 from './published/hkdf-sha512.json' with { type: 'json' };
import hmac256 from './published/hmac-sha256.json' with { type: 'json' };
import mlkem from './published/ml-kem-768.json' with { type: 'json' };
import xwing from './published/x-wing.json' with { type: 'json' };
import x25519File from './published/x25519.json' with { type: 'json' };
import xchacha from './published/xchacha20-poly1305.json' with { type: 'json' };

export const PUBLISHED: readonly VectorSet[] = [
  { name: 'XChaCha20-Poly1305', file: xchacha, agrees: aead(xchacha20poly1305) },
  { name: 'AES-256-GCM', file: aes, agrees: aead(gcm) },
  { name: 'HKDF-SHA-256', file: hkdf256, agrees: hkdf(hkdfSha256) },
  { name: 'HKDF-SHA-512', file: hkdf512, agrees: hkdf(hkdfSha512) },
  { name: 'HMAC-SHA-256', file: hmac256, agrees: hmacAgrees },
  { name: 'Ed25519', file: ed25519, agrees: signatureAgrees },
  { name: 'Ed25519 edge cases', file: speccheck, agrees: signatureAgrees },
  { name: 'X25519', file: x25519File, agrees: x25519Agrees },
  { name: 'ML-KEM-768', file: mlkem, agrees: mlKemAgrees },
  { name: 'X-Wing', file: xwing, agrees: xwingAgrees },
  { name: 'Argon2id', file: argon2, agrees: argon2Agrees },
];

interface AnyCipher {
  encrypt(plaintext: Bytes): Bytes | Promise<Bytes>;
  decrypt(sealed: Bytes): Bytes | Promise<Bytes>;
}

function aead(cipher: (key: Bytes, nonce: Bytes, aad: Bytes) => AnyCipher) {
  return async (vector: Case): Promise<boolean> => {
    const create = (): AnyCipher => cipher(vector.bytes('key'), vector.bytes('nonce'), vector.bytes('aad'));
    const message = vector.bytes('message');
    const sealed = await orNull(() => create().encrypt(message));
    if (vector.text('verdict') === 'V') {
      const opened = sealed && (await orNull(() => create().decrypt(sealed)));
      return sealed !== null && vector.holds('sealed', sealed) && opened !== null && equal(opened, message);
    }
    // Refused already for its nonce, or the ciphertext under the altered tag must be.
    if (vector.text('sealed') === '') return sealed === null;
    if (sealed === null) return false;
    const altered = concat(sealed.subarray(0, -16), vector.bytes('sealed'));
    return (await orNull(() => create().decrypt(altered))) === null;
  };
}

function hkdf(derive: typeof hkdfSha256) {
  return async (vector: Case): Promise<boolean> => {
    const okm = await orNull(() =>
      derive(vector.bytes('ikm'), vector.bytes('salt'), vector.bytes('info'), vector.number('length')),
    );
    return vector.text('verdict') === 'V' ? okm !== null && vector.holds('okm', okm) : okm === null;
  };
}

function hmacAgrees(vector: Case): boolean {
  const tag = vector.bytes('tag');
  const computed = hmac(sha256, vector.bytes('key'), vector.bytes('message')).subarray(0, tag.length);
  return equal(computed, tag) === (vector.text('verdict') === 'V');
}

/** By the engine of this environment, by the fallback as an engine and on its own: the same verdict, the expected one. */
async function signatureAgrees(vector: Case): Promise<boolean> {
  const input = [vector.bytes('publicKey'), vector.bytes('message'), vector.bytes('signature')] as const;
  const verdicts = [
    await verify(...input, await detectEngine(crypto.subtle)),
    await verify(...input, fallbackEngine),
    verifyFallback(...input),
  ];
  return verdicts.every((verdict) => verdict === (vector.text('verdict') === 'V'));
}

async function x25519Agrees(vector: Case): Promise<boolean> {
  const shared = await orNull(() => x25519.getSharedSecret(vector.bytes('private'), vector.bytes('public')));
  if (vector.text('verdict') === 'X') return shared === null && isZero(vector.bytes('shared'));
  return shared !== null && vector.holds('shared', shared);
}

async function mlKemAgrees(vector: Case): Promise<boolean> {
  const keys = await orNull(() => ml_kem768.keygen(vector.bytes('seed')));
  if (vector.text('publicKey') !== '' && !(keys && vector.holds('publicKey', keys.publicKey))) return false;
  const refused = vector.text('outcome') === 'refused';
  const ciphertext = refused ? new Uint8Array(vector.number('ciphertext')) : vector.bytes('ciphertext');
  const shared = keys && (await orNull(() => ml_kem768.decapsulate(ciphertext, keys.secretKey)));
  return refused ? shared === null : shared !== null && vector.holds('shared', shared);
}

async function xwingAgrees(vector: Case): Promise<boolean> {
  const { decapsulate, encapsulate, xwingPublicKey } = await import('#lib/crypto/xwing.ts');
  const seed = vector.bytes('seed');
  const publicKey = xwingPublicKey(seed);
  const { ciphertext, shared } = encapsulate(publicKey, vector.bytes('eseed'));
  return (
    vector.holds('publicKey', publicKey) &&
    vector.holds('ciphertext', ciphertext) &&
    vector.holds('shared', shared) &&
    vector.holds('shared', decapsulate(ciphertext, seed))
  );
}

/** hash-wasm takes no associated data and no empty password; the product gives it neither. */
async function argon2Agrees(vector: Case): Promise<boolean> {
  const { argon2idNoble } = await import('#lib/crypto/argon2-noble.ts');
  const { argon2idWasm } = await import('#lib/crypto/argon2-wasm.ts');
  const [secret, salt, key, personalization] = ['secret', 'salt', 'key', 'associated'].map((column) =>
    vector.bytes(column),
  ) as [Bytes, Bytes, Bytes, Bytes];
  const parameters = { m: vector.number('m'), t: vector.number('t'), p: vector.number('p') };
  const length = vector.number('length');
  const tags = [await argon2idNoble(secret, salt, parameters, length, { key, personalization })];
  if (personalization.length === 0 && secret.length > 0)
    tags.push(await argon2idWasm(secret, salt, parameters, length));
  return tags.every((tag) => vector.holds('tag', tag));
}
