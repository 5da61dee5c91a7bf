/**
 * An epoch: one generation of a space's secrets, and what follows from them.
 *
 *   id            SHA-256("carnet/epoch/v1" | u32 epoch | K)
 *   secrets       HKDF-SHA-256(K, "", "carnet/read-secret/v1" | u32 epoch, 32), likewise write and delete
 *   read hash     SHA-256("carnet/epoch-read-hash/v1" | u32 epoch | read secret)
 *   frame key     HKDF-SHA-256(read,   salt = space, "carnet/epoch-frame/v1"  | u32 epoch | id[32], 32)
 *   topic         HKDF-SHA-256(read,   salt = space, "carnet/epoch-topic/v1"  | u32 epoch | id[32], 32)
 *   write key     HKDF-SHA-256(write,  salt = space, "carnet/epoch-write/v1"  | u32 epoch | id[32], 32) → Ed25519
 *   delete key    HKDF-SHA-256(delete, salt = space, "carnet/epoch-delete/v1" | u32 epoch | id[32], 32) → Ed25519
 *
 * One key K an epoch. Whatever announces an epoch says its id and read hash, so nobody is given another K, nor a reader of
 * an extract another read secret, than everybody else. Neither depends on the space, whose id is itself a hash over those
 * of its first epoch; everything that meets a frame or a relay does. Two rotations to one number, made apart, are two
 * epochs with two topics.
 *
 *   kept          u8 version 2 | u32 epoch | K[32]
 */
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { frameKey, type FrameKey } from '#lib/crypto/frame.ts';
import { hkdfSha256, labelledHash } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { createSigner, labelled, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import type { SpaceId } from './ids.ts';

/** Secret. What an owner keeps of an epoch. */
export interface EpochSecrets {
  readonly epoch: number;
  readonly key: Bytes; // K
}

/** Secret. The three secrets of an epoch, as far as somebody holds them; of an account chain and a link, given apart. */
export interface EpochParts {
  readonly epoch: number;
  readonly id: Bytes;
  readonly read: Bytes;
  readonly write?: Bytes;
  readonly delete?: Bytes;
}

/** Secret. What the secrets are used through. */
export interface EpochKeys {
  readonly space: SpaceId;
  readonly epoch: number;
  readonly id: Bytes; // H(K); zeros where there is no K
  readonly frameKey: FrameKey;
  readonly topic: Bytes; // 32 bytes: how the relay names this epoch of this space
  readonly writer?: Signer; // proves to the relay the right to put
  readonly deleter?: Signer; // proves to the relay the right to propose deletions
}

export const EPOCH_KEY = 32;
const VERSION = 2;
const NO_SALT = new Uint8Array(0);

export function generateEpoch(random: Random, epoch: number): EpochSecrets {
  return { epoch, key: random(EPOCH_KEY) };
}

/** H(K): by it an epoch is known. */
export function epochId({ epoch, key }: EpochSecrets): Bytes {
  return labelledHash(LABELS.epoch, numberOf(epoch), fixed(key));
}

/** H(read): by it a reader, who is not given K, knows that what it holds is the epoch's. */
export function readHash({ epoch, read }: Pick<EpochParts, 'epoch' | 'read'>): Bytes {
  return labelledHash(LABELS.epochReadHash, numberOf(epoch), fixed(read));
}

export function partsOf(secrets: EpochSecrets): Required<EpochParts> {
  const { epoch, key } = secrets;
  const derive = (label: Label) =>
    hkdfSha256(fixed(key), NO_SALT, labelled(label, numberOf(epoch)), EPOCH_KEY);
  return {
    epoch,
    id: epochId(secrets),
    read: derive(LABELS.readSecret),
    write: derive(LABELS.writeSecret),
    delete: derive(LABELS.deleteSecret),
  };
}

export async function deriveEpoch(space: SpaceId, held: EpochSecrets | EpochParts): Promise<EpochKeys> {
  const { epoch, id, read, write, delete: erase }: EpochParts = 'key' in held ? partsOf(held) : held;
  const place = new Writer(4 + id.length).u32(epoch).bytes(id).finish();
  const derive = (secret: Bytes, label: Label) => hkdfSha256(secret, space, labelled(label, place), 32);
  return {
    space,
    epoch,
    id,
    frameKey: frameKey(space, epoch, derive(read, LABELS.epochFrameKey)),
    topic: derive(read, LABELS.epochTopic),
    ...(write && { writer: await createSigner(derive(write, LABELS.epochWrite)) }),
    ...(erase && { deleter: await createSigner(derive(erase, LABELS.epochDelete)) }),
  };
}

export function encodeEpochSecrets({ epoch, key }: EpochSecrets): Bytes {
  return new Writer(5 + EPOCH_KEY).u8(VERSION).u32(epoch).bytes(fixed(key)).finish();
}

export function decodeEpochSecrets(bytes: Bytes): EpochSecrets | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    return { epoch: reader.u32(), key: toOwned(reader.bytes(EPOCH_KEY)) };
  });
}

function numberOf(epoch: number): Bytes {
  return new Writer(4).u32(epoch).finish();
}

function fixed(bytes: Bytes): Bytes {
  if (bytes.length !== EPOCH_KEY) throw new RangeError('32 bytes expected');
  return bytes;
}
