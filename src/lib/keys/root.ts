/**
 * The root secret, 32 random bytes: the person's last key, on paper (kit.ts), wiped from the device after set-up.
 *
 *   account key        HKDF-SHA-512(root, "", "carnet/account-key/v1", 32)        → Ed25519: founds, recovers, names its successor
 *   recovery key       HKDF-SHA-512(root, "", "carnet/recovery-sealing/v1", 32)   → X-Wing: every epoch is sealed to it
 *   place              the same with "carnet/kit-space/v1", "…/kit-read/v1", "…/kit-write/v1", "…/kit-delete/v1", 32 each:
 *                      space and secrets of the one epoch in which the relay keeps what the kit opens (kit-place.ts)
 *
 * No key of a space follows from the root, nor the secret to write into the chain: what the kit opens stands in its place alone. Once that is erased, an old kit
 * opens nothing that the relay has.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha512, labelBytes } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { generateSealingKeys, type SealingKeys } from '#lib/crypto/sealing.ts';
import { createSigner, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import type { EpochParts } from './epoch.ts';
import { zeroId, type SpaceId } from './ids.ts';

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

/** Secret. Where the relay keeps what the kit opens, and the keys to read, write and erase it. */
export function kitPlaceOf(root: Bytes): { readonly space: SpaceId; readonly parts: Required<EpochParts> } {
  const parts = {
    ...{ epoch: 0, id: zeroId(), read: derive(root, LABELS.kitRead) },
    ...{ write: derive(root, LABELS.kitWrite), delete: derive(root, LABELS.kitDelete) },
  };
  return { space: derive(root, LABELS.kitSpace), parts };
}

const NO_SALT = new Uint8Array(0);

function derive(root: Bytes, label: Label): Bytes {
  if (root.length !== ROOT_LENGTH) throw new RangeError('a root secret has 32 bytes');
  return hkdfSha512(root, NO_SALT, labelBytes(label), 32);
}
