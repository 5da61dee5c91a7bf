/**
 * The authority's signing key: Ed25519, made on first start, kept in its own data folder where only its owner reads it.
 * Losing it means that new attestations are signed by a key nobody pinned; it is part of the authority's backup.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from './primitives.ts';

const FILE = 'signing-key.pem';

/** The header of a private Ed25519 key as PKCS #8 (RFC 8410); the 32-byte seed follows. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SigningKey {
  readonly publicKey: Bytes;
  sign(message: Uint8Array): Bytes;
}

/** The key of this data folder; made now when there is none. Throws when the file is there and holds no Ed25519 key. */
export function openSigningKey(dataDir: string, random: Random): SigningKey {
  const path = join(dataDir, FILE);
  if (!existsSync(path)) writeFileSync(path, generate(random), { mode: 0o600, flag: 'wx', flush: true });
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${FILE} in the authority's folder is not an Ed25519 key.`);
  const publicKey = fromBase64url(createPublicKey(key).export({ format: 'jwk' }).x ?? '');
  if (!publicKey) throw new Error(`${FILE} in the authority's folder is damaged.`);
  return { publicKey, sign: (message) => toOwned(sign(null, message, key)) };
}

function generate(random: Random): string {
  const der = Buffer.concat([PKCS8_ED25519, random(32)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}
