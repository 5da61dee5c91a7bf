/**
 * Signing and verifying by the one pinned rule (ed25519.ts), whoever computes (signature-engine.ts). Everything signed
 * begins with a label of suite.ts, so that a signature of one type is none of another (attack A06).
 */
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { admitSigningKey, isWellFormedSignature, verifyFallback } from './ed25519.ts';
import { labelBytes } from './hash.ts';
import type { Random } from './random.ts';
import { signatureEngine, type SignatureEngine, type Signer } from './signature-engine.ts';
import type { Label } from './suite.ts';

export { admitSigningKey, publicKeyOf as signingPublicKey, verifyFallback } from './ed25519.ts';
export type { Signer } from './signature-engine.ts';

export const SIGNATURE_LENGTH = 64;

export function signingKeySeed(random: Random): Bytes {
  return random(32);
}

/** A signer for this seed; where WebCrypto has Ed25519 its key cannot be read back. */
export async function createSigner(seed: Bytes, engine?: SignatureEngine): Promise<Signer> {
  if (seed.length !== 32) throw new RangeError('a signing seed has 32 bytes');
  return (engine ?? (await signatureEngine())).signer(seed);
}

/** The bytes to sign for a purpose. */
export function labelled(label: Label, ...parts: readonly Uint8Array[]): Bytes {
  return concat(labelBytes(label), ...parts);
}

/**
 * Whether the signature is good by the rule; false for a key that is not admitted. The verdict is the same whatever
 * engine computes it.
 */
export async function verify(
  publicKey: Bytes,
  message: Bytes,
  signature: Bytes,
  engine?: SignatureEngine,
): Promise<boolean> {
  if (!isWellFormedSignature(signature) || !admitSigningKey(publicKey)) return false;
  const engineInUse = engine ?? (await signatureEngine());
  try {
    return await engineInUse.verify(publicKey, message, signature);
  } catch {
    // An engine that fails has given no verdict: the fallback gives it.
    return verifyFallback(publicKey, message, signature);
  }
}
