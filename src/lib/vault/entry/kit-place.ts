/**
 * What the relay keeps for a kit, in a place that follows from the kit's root alone (keys/root.ts): all that opens the
 * account, so that 24 words are enough. Once another kit has taken its place, that is erased, and a note stands there.
 *
 *   frame     one of the place's epoch (crypto/frame.ts), of the kind `control`, around
 *   content   signature[64] by the kit's account key over "carnet/kit-placed/v1" | the rest
 *             | u8 version 1 | 0x01 | address[32] | u32 days since 1970 | grant (grant.ts)
 *             | u8 version 1 | 0x02 | u32 days since 1970                                  replaced on that day
 *
 * Whoever has the place's keys may put anything there, other devices of the account among them: what the kit has not signed is
 * nothing. Whether the kit is the account's says the chain. Only the root erases; where a relay has lost the place any device
 * makes it again, from the frame that it keeps.
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import { labelled, SIGNATURE_LENGTH, verify } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, addressOfHash } from '#lib/keys/address.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { zeroId } from '#lib/keys/ids.ts';
import { accountKey, kitPlaceOf } from '#lib/keys/root.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { kitPlace as section } from '#lib/record/sections/account.ts';
import type { Credential } from '#lib/sync/syncable.ts';
import { decodeGrant, encodeGrant } from './grant.ts';
import type { Granted } from './identity.ts';

export type Placed =
  | { readonly type: 'opens'; readonly granted: Granted; readonly madeAt: number }
  | { readonly type: 'replaced'; readonly at: number };

const VERSION = 1;
const TYPES = { opens: 1, replaced: 2 } as const;
const DAY_MS = 86_400_000;

/** All keys of a kit's place. */
export function placeKeys(root: Bytes): Promise<EpochKeys> {
  const { space, parts } = kitPlaceOf(root);
  return deriveEpoch(space, parts);
}

export async function sealPlaced(root: Bytes, placed: Placed, random: Random): Promise<Bytes> {
  const writer = new Writer(1024).u8(VERSION).u8(TYPES[placed.type]);
  if (placed.type === 'replaced') writer.u32(dayOf(placed.at));
  else
    writer
      .bytes(addressHash(placed.granted.address))
      .u32(dayOf(placed.madeAt))
      .bytes(encodeGrant(placed.granted));
  const said = writer.finish();
  const signature = await (await accountKey(root)).sign(labelled(LABELS.kitPlaced, said));
  const { frameKey } = await placeKeys(root);
  return sealFrame(frameKey, 'control', concat(signature, said), random);
}

/**
 * Null for what the kit did not put there.
 * @param account the kit's account key
 */
export async function openPlaced(
  { frameKey }: EpochKeys,
  account: Bytes,
  frame: Bytes,
): Promise<Placed | null> {
  const opened = openFrame([frameKey], frame);
  if (opened?.aad.kind !== 'control' || opened.inner.length <= SIGNATURE_LENGTH) return null;
  const [signature, said] = [
    toOwned(opened.inner.subarray(0, SIGNATURE_LENGTH)),
    toOwned(opened.inner.subarray(SIGNATURE_LENGTH)),
  ];
  if (!(await verify(account, labelled(LABELS.kitPlaced, said), signature))) return null;
  return decodeWith(said, readPlaced);
}

function readPlaced(reader: Reader): Placed {
  if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
  const type = reader.u8();
  if (type === TYPES.replaced) return { type: 'replaced', at: reader.u32() * DAY_MS };
  if (type !== TYPES.opens) throw new MalformedBytes('unknown type');
  const address = addressOfHash(toOwned(reader.bytes(32)));
  const madeAt = reader.u32() * DAY_MS;
  const grant = decodeGrant(toOwned(reader.rest()));
  if (!grant) throw new MalformedBytes('no grant');
  return { type: 'opens', granted: { ...grant, address }, madeAt };
}

/** Each kit's place has an entry of its own, so that of two kits that were made apart neither takes the other's. @param account the kit's account key */
export function placeEntryId(account: Bytes): string {
  return toBase64url(account.slice(0, 16));
}

/** What own devices keep of the place, to put it again should the relay lose it: its keys but the one that erases, and the frame. */
export async function placeEdit(root: Bytes, frame: Bytes): Promise<Edit> {
  const { parts } = kitPlaceOf(root);
  const { space, deleter } = await placeKeys(root);
  const { publicKey } = await accountKey(root);
  const fields = { space, read: parts.read, write: parts.write, deleteKey: deleter!.publicKey, frame };
  return {
    ...{ type: 'put', section: section.id, id: placeEntryId(publicKey) },
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toBase64url(value)])),
  };
}

/** What a kit that is made now opens, sealed for its place. */
export async function placeOfKit(
  root: Bytes,
  granted: Granted,
  { random, clock }: { readonly random: Random; readonly clock: { now(): number } },
): Promise<KeptPlace> {
  const keys = await placeKeys(root);
  const frame = await sealPlaced(root, { type: 'opens', granted, madeAt: clock.now() }, random);
  return { keys, deleteKey: keys.deleter!.publicKey, frame };
}

/** A place as an own device keeps it. */
export interface KeptPlace {
  readonly keys: EpochKeys;
  readonly deleteKey: Bytes;
  readonly frame: Bytes;
}

/**
 * Null when there is none, or none that the kit has signed: a device may have written anything.
 * @param account the kit's account key
 */
export async function readPlace(
  entries: ReadonlyMap<string, Entry> | undefined,
  account: Bytes,
): Promise<KeptPlace | null> {
  const entry = entries?.get(placeEntryId(account));
  const bytesOf = (name: string): Bytes | null => {
    const value = entry?.fields[name];
    return typeof value === 'string' ? fromBase64url(value) : null;
  };
  const [space, read, write, deleteKey] = ['space', 'read', 'write', 'deleteKey'].map(bytesOf);
  const frame = bytesOf('frame');
  if (![space, read, write, deleteKey].every((one) => one?.length === 32) || !frame?.length) return null;
  const keys = await deriveEpoch(space!, { epoch: 0, id: zeroId(), read: read!, write: write! });
  const placed = await openPlaced(keys, account, frame);
  return placed?.type === 'opens' ? { keys, deleteKey: deleteKey!, frame } : null;
}

/** Proves the right to write there, and makes it anew where the relay does not know it. */
export function placeWriter({ keys, deleteKey }: Omit<KeptPlace, 'frame'>): Credential {
  const writer = keys.writer!;
  const writeKey = writer.publicKey;
  const by = { key: writeKey, sign: (statement: Bytes) => writer.sign(statement) };
  const creation = { writeKey, deleteKey, ttl: 0, openToReaders: false, erasesAtOnce: true };
  return { role: 'writer', ...by, creation };
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
