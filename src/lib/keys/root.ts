/**
 * The root secret, 32 random bytes: the person's last key, on paper (kit.ts), wiped from the device after set-up.
 *
 *   account key        HKDF-SHA-512(root, "", "carnet/account-key/v1", 32)        → Ed25519: founds and recovers
 *   recovery key       HKDF-SHA-512(root, "", "carnet/recovery-sealing/v1", 32)   → X-Wing: every epoch is sealed to it
 *   chain secret       HKDF-SHA-512(root, "", "carnet/chain-write/v1", 32)
 *   account space      HKDF-SHA-512(root, "", "carnet/account-space/v1" | u32 call, n)   as a stream of randomness
 *
 * The chain's secret follows from the root so that the kit alone can write a recovery there; the devices hold copies.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { hkdfSha512, labelBytes } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { generateSealingKeys, type SealingKeys } from '#lib/crypto/sealing.ts';
import { createSigner, labelled, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';

export const ROOT_LENGTH = 32;

/** Secret. What it takes to write into the topic of an account chain; nothing lets anybody erase from it. */
export interface ChainSecrets {
  readonly write: Bytes;
}

export function generateRoot(random: Random): Bytes {
  return random(ROOT_LENGTH);
}

export function accountKey(root: Bytes): Promise<Signer> {
  return createSigner(derive(root, LABELS.accountKey));
}

export function recoverySealing(root: Bytes): Promise<SealingKeys> {
  return generateSealingKeys(derive(root, LABELS.recoverySealing));
}

export function chainSecrets(root: Bytes): ChainSecrets {
  return { write: derive(root, LABELS.chainWrite) };
}

/** What the account space is founded with (`createSpace`), so that the kit finds and opens it again. */
export function accountSpaceRandom(root: Bytes): Random {
  let call = 0;
  return (length) => {
    const info = labelled(LABELS.accountSpace, new Writer(4).u32(call++).finish());
    return hkdfSha512(checked(root), NO_SALT, info, length);
  };
}

const NO_SALT = new Uint8Array(0);

function derive(root: Bytes, label: Label): Bytes {
  return hkdfSha512(checked(root), NO_SALT, labelBytes(label), 32);
}

function checked(root: Bytes): Bytes {
  if (root.length !== ROOT_LENGTH) throw new RangeError('a root secret has 32 bytes');
  return root;
}
