/**
 * An epoch: one generation of a space's secrets, and what follows from them.
 *
 *   frame key   HKDF-SHA-256(read,   salt = space, "carnet/epoch-frame/v1"  | u32 epoch | rotation[32], 32)
 *   topic       HKDF-SHA-256(read,   salt = space, "carnet/epoch-topic/v1"  | u32 epoch | rotation[32], 32)
 *   write key   HKDF-SHA-256(write,  salt = space, "carnet/epoch-write/v1"  | u32 epoch | rotation[32], 32) → Ed25519
 *   delete key  HKDF-SHA-256(delete, salt = space, "carnet/epoch-delete/v1" | u32 epoch | rotation[32], 32) → Ed25519
 *
 * Every member holds `read`, writers hold `write`, owners hold `delete`: a reader can neither post nor delete, since the
 * three are independent. The id of the rotation frame is bound in, so that two rotations to the same number, made
 * apart, are two epochs with two topics.
 *
 *   secrets     u8 version 1 | u32 epoch | rotation[32] | u8 held (1 read, 2 write, 4 delete) | each held secret[32]
 */
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { frameKey, type FrameKey } from '#lib/crypto/frame.ts';
import { hkdfSha256 } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { createSigner, labelled, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import { ID_LENGTH, zeroId, type FrameId, type SpaceId } from './ids.ts';

/** Secret. What a member keeps of an epoch, as far as its role goes. */
export interface EpochSecrets {
  readonly epoch: number;
  readonly id: FrameId; // of the rotation frame; zeros for the first epoch
  readonly read: Bytes;
  readonly write?: Bytes;
  readonly delete?: Bytes;
}

/** Secret. What the secrets are used through. */
export interface EpochKeys {
  readonly space: SpaceId;
  readonly epoch: number;
  readonly id: FrameId;
  readonly frameKey: FrameKey;
  readonly topic: Bytes; // 32 bytes: how the relay names this epoch of this space
  readonly writer?: Signer; // proves to the relay the right to put
  readonly deleter?: Signer; // proves to the relay the right to propose deletions
}

const SECRET = 32;
const VERSION = 1;

/** All three secrets of a new epoch. `id` is known only once the rotation frame is made: see `withId`. */
export function generateEpoch(random: Random, epoch: number): Required<EpochSecrets> {
  return { epoch, id: zeroId(), read: random(SECRET), write: random(SECRET), delete: random(SECRET) };
}

/** The same secrets under the id of the frame that rotated to them. */
export function withId<T extends EpochSecrets>(secrets: T, id: FrameId): T {
  return { ...secrets, id };
}

export async function deriveEpoch(space: SpaceId, secrets: EpochSecrets): Promise<EpochKeys> {
  const { epoch, id } = secrets;
  const place = new Writer(4 + ID_LENGTH).u32(epoch).bytes(id).finish();
  const derive = (secret: Bytes, label: Label) => hkdfSha256(secret, space, labelled(label, place), SECRET);
  return {
    space,
    epoch,
    id,
    frameKey: frameKey(space, epoch, derive(secrets.read, LABELS.epochFrameKey)),
    topic: derive(secrets.read, LABELS.epochTopic),
    ...(secrets.write && { writer: await createSigner(derive(secrets.write, LABELS.epochWrite)) }),
    ...(secrets.delete && { deleter: await createSigner(derive(secrets.delete, LABELS.epochDelete)) }),
  };
}

export function encodeEpochSecrets(secrets: EpochSecrets): Bytes {
  const held = 1 | (secrets.write ? 2 : 0) | (secrets.delete ? 4 : 0);
  const writer = new Writer(38 + 3 * SECRET).u8(VERSION).u32(secrets.epoch).bytes(fixed(secrets.id)).u8(held);
  for (const secret of [secrets.read, secrets.write, secrets.delete]) if (secret) writer.bytes(fixed(secret));
  return writer.finish();
}

export function decodeEpochSecrets(bytes: Bytes): EpochSecrets | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const epoch = reader.u32();
    const id = toOwned(reader.bytes(ID_LENGTH));
    const held = reader.u8();
    if (held > 7 || (held & 1) === 0) throw new MalformedBytes('no such set of secrets');
    const next = () => toOwned(reader.bytes(SECRET));
    return {
      epoch,
      id,
      read: next(),
      ...(held & 2 && { write: next() }),
      ...(held & 4 && { delete: next() }),
    };
  });
}

function fixed(bytes: Bytes): Bytes {
  if (bytes.length !== SECRET) throw new RangeError('32 bytes expected');
  return bytes;
}
