/**
 * A device: one signing key, one sealing key, and the bundle of their public halves.
 *
 *   bundle    0x01 suite | signing key[32] (Ed25519) | sealing key[1216] (X-Wing)
 *   id        SHA-256("carnet/device/v1" | bundle)
 *   secrets   0x01 version | signing seed[32] | sealing seed[32]
 *
 * The id is the hash of the keys, so whoever holds an id cannot be given other keys for it (attack A01). A bundle is
 * decoded once, on entry, and its keys are admitted there (attack A04): every DeviceBundle in the program is sound.
 * Leaves out: names of devices, which are private and stand in the account space.
 */
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { admitSealingKey, generateSealingKeys } from '#lib/crypto/sealing.ts';
import { admitSigningKey, createSigner, signingKeySeed, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, SUITE } from '#lib/crypto/suite.ts';
import type { DeviceId } from './ids.ts';

export const SIGNING_KEY = 32;
export const SEALING_KEY = 1216;
export const BUNDLE_LENGTH = 1 + SIGNING_KEY + SEALING_KEY;

/** Public. */
export interface DeviceBundle {
  readonly signing: Bytes;
  readonly sealing: Bytes;
}

/** Secret. What the device keeps, sealed under its local key. */
export interface DeviceSecrets {
  readonly signingSeed: Bytes;
  readonly sealingSeed: Bytes;
}

/** Secret. What the device works with while it is unlocked. */
export interface DeviceKeys {
  readonly id: DeviceId;
  readonly bundle: DeviceBundle;
  readonly signer: Signer;
  readonly sealingSecret: Bytes;
}

export function generateDevice(random: Random): DeviceSecrets {
  return { signingSeed: signingKeySeed(random), sealingSeed: random(32) };
}

/** The device of these secrets. With its bundle at hand, the sealing key need not be generated again (60 ms of X-Wing). */
export async function openDevice(secrets: DeviceSecrets, known?: DeviceBundle): Promise<DeviceKeys> {
  const signer = await createSigner(secrets.signingSeed);
  const sealing = known?.sealing ?? (await generateSealingKeys(secrets.sealingSeed)).publicKey;
  const bundle = { signing: signer.publicKey, sealing };
  return { id: deviceId(bundle), bundle, signer, sealingSecret: secrets.sealingSeed };
}

export function deviceId(bundle: DeviceBundle): DeviceId {
  return labelledHash(LABELS.device, encodeBundle(bundle));
}

export function encodeBundle({ signing, sealing }: DeviceBundle): Bytes {
  if (signing.length !== SIGNING_KEY || sealing.length !== SEALING_KEY) throw new RangeError('not a bundle');
  return new Writer(BUNDLE_LENGTH).u8(SUITE).bytes(signing).bytes(sealing).finish();
}

/** The bundle, if both keys are admitted; else null. */
export function decodeBundle(bytes: Bytes): DeviceBundle | null {
  return decodeWith(bytes, readBundle);
}

/** The next bundle of a longer format. Throws MalformedBytes, also for a key that is not admitted. */
export function readBundle(reader: Reader): DeviceBundle {
  if (reader.u8() !== SUITE) throw new MalformedBytes('unknown suite');
  const signing = toOwned(reader.bytes(SIGNING_KEY));
  const sealing = toOwned(reader.bytes(SEALING_KEY));
  if (!admitSigningKey(signing) || !admitSealingKey(sealing)) throw new MalformedBytes('key not admitted');
  return { signing, sealing };
}

export function encodeDeviceSecrets({ signingSeed, sealingSeed }: DeviceSecrets): Bytes {
  if (signingSeed.length !== 32 || sealingSeed.length !== 32) throw new RangeError('a seed has 32 bytes');
  return new Writer(65).u8(1).bytes(signingSeed).bytes(sealingSeed).finish();
}

export function decodeDeviceSecrets(bytes: Bytes): DeviceSecrets | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== 1) throw new MalformedBytes('unknown version');
    return { signingSeed: toOwned(reader.bytes(32)), sealingSeed: toOwned(reader.bytes(32)) };
  });
}
