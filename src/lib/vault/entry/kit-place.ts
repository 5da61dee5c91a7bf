/**
 * What the relay keeps for a kit, in a place that follows from the kit's root alone (keys/root.ts): all that opens the
 * account, so that 24 words are enough. Once another kit has taken its place, that is erased, and a note stands there.
 *
 *   frame     one of the place's epoch (crypto/frame.ts), of the kind `control`, around
 *   content   u8 version 1 | 0x01 | address[32] | u32 days since 1970 | grant (grant.ts)
 *             u8 version 1 | 0x02 | u32 days since 1970                                  replaced on that day
 *
 * Whoever has the place's keys may put anything there, other devices of the account among them: the first that opens counts,
 * and whether the kit is the account's says the chain. Only the root erases: the device that made the kit keeps that secret
 * until the relay has the place. Where a relay has lost it, any device makes it again, as one from which nothing is erased.
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { openFrame, sealFrame } from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import { addressHash, addressOfHash } from '#lib/keys/address.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { zeroId } from '#lib/keys/ids.ts';
import { kitPlaceOf } from '#lib/keys/root.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { kitPlace as section, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
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

export function sealPlaced({ frameKey }: EpochKeys, placed: Placed, random: Random): Bytes {
  const writer = new Writer(1024).u8(VERSION).u8(TYPES[placed.type]);
  if (placed.type === 'replaced') writer.u32(dayOf(placed.at));
  else
    writer
      .bytes(addressHash(placed.granted.address))
      .u32(dayOf(placed.madeAt))
      .bytes(encodeGrant(placed.granted));
  return sealFrame(frameKey, 'control', writer.finish(), random);
}

/** Null for what the kit did not put there. */
export function openPlaced({ frameKey }: EpochKeys, frame: Bytes): Placed | null {
  const opened = openFrame([frameKey], frame);
  if (opened?.aad.kind !== 'control') return null;
  return decodeWith(toOwned(opened.inner), (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const type = reader.u8();
    if (type === TYPES.replaced) return { type: 'replaced', at: reader.u32() * DAY_MS };
    if (type !== TYPES.opens) throw new MalformedBytes('unknown type');
    const address = addressOfHash(toOwned(reader.bytes(32)));
    const madeAt = reader.u32() * DAY_MS;
    const grant = decodeGrant(toOwned(reader.rest()));
    if (!grant) throw new MalformedBytes('no grant');
    return { type: 'opens', granted: { ...grant, address }, madeAt };
  });
}

/** What own devices keep of the place, to put it again should the relay lose it: its keys but the one that erases, and the frame. */
export function placeEdit(root: Bytes, frame: Bytes): Edit {
  const { space, parts } = kitPlaceOf(root);
  const fields = { space, read: parts.read, write: parts.write, frame };
  return {
    ...{ type: 'put', section: section.id, id: SINGLE_ENTRY },
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toBase64url(value)])),
  };
}

/** What a kit that is made now opens, sealed for its place. */
export async function placeOfKit(
  root: Bytes,
  granted: Granted,
  { random, clock }: { readonly random: Random; readonly clock: { now(): number } },
): Promise<{ readonly keys: EpochKeys; readonly frame: Bytes }> {
  const keys = await placeKeys(root);
  return { keys, frame: sealPlaced(keys, { type: 'opens', granted, madeAt: clock.now() }, random) };
}

/** A place as an own device keeps it. */
export interface KeptPlace {
  readonly keys: EpochKeys;
  readonly frame: Bytes;
}

/**
 * Null when there is none, or none that is well formed: a device may have written anything.
 * @param eraser the secret that erases, on the device that made the kit, until the relay has the place
 */
export async function readPlace(entry: Entry | undefined, eraser?: Bytes): Promise<KeptPlace | null> {
  const bytesOf = (name: string): Bytes | null => {
    const value = entry?.fields[name];
    return typeof value === 'string' ? fromBase64url(value) : null;
  };
  const [space, read, write] = ['space', 'read', 'write'].map(bytesOf);
  const frame = bytesOf('frame');
  if (![space, read, write].every((one) => one?.length === 32) || !frame?.length) return null;
  const parts = { epoch: 0, id: zeroId(), read: read!, write: write!, ...(eraser && { delete: eraser }) };
  return { keys: await deriveEpoch(space!, parts), frame };
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
