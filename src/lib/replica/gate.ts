/**
 * The gate: the last look at an update before Yjs sees it. Its author is authenticated and may write; the gate sees to
 * it that the update does no more than edit the record as that author.
 *
 * A frame's update passes iff it is small, holds the structs of the author's client alone, consecutive, each a value set
 * under a key of a section (document.ts makes no others), and names nothing it brings itself out of order. What it
 * builds on is reported (`needs`) for the log to wait for: Yjs must never have to hold anything back, because what it
 * holds back is kept for ever, invisible, and sent on to everybody.
 *
 * These rules are what makes a hostile member harmless: writing under another's client id makes replicas differ for
 * ever with equal state vectors (C06), many clients or huge counts cost seconds (C07), sequences cost quadratic time.
 * They are the same for everybody and look at the update alone, so that no two replicas disagree.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';

/** One user action, in bytes of Yjs update. */
export const MAX_UPDATE = 262_144;
/** Values set by one user action. */
export const MAX_STRUCTS = 8_192;
/** Ranges of replaced values in one user action. */
export const MAX_DELETES = 8_192;
/** Name of a section, and of a key in it. */
export const MAX_ROOT = 64;
export const MAX_SUB = 128;

/** Yjs client → clock: all structs of that client below the clock. */
export type Clocks = ReadonlyMap<number, number>;

export interface Passed {
  /** The clocks that the update takes its author's client from and to; null when it sets nothing. */
  readonly advance: { readonly from: number; readonly to: number } | null;
  /** What must be there before, besides `advance.from`. */
  readonly needs: Clocks;
}

/** A frame's update by the author who owns `client`; null when it is refused. */
export function inspectUpdate(update: Bytes, client: number): Passed | null {
  if (update.length > MAX_UPDATE || !hasOneClient(update)) return null;
  const decoded = decode(update);
  if (!decoded || decoded.structs.length > MAX_STRUCTS) return null;
  const from = decoded.structs[0]?.id.clock ?? null;
  const needs = new Map<number, number>();
  /** Whether `owner` may be referred to below `clock` by something that follows its own structs up to `end`. */
  const refer = (owner: number, clock: number, end: number): boolean => {
    if (!isClock(clock)) return false;
    if (owner === client && from !== null) return clock <= end;
    needs.set(owner, Math.max(clock, needs.get(owner) ?? 0));
    return true;
  };
  const to = readStructs(decoded.structs, client, from ?? 0, refer);
  if (to === null || !readDeletes(decoded.ds, to, refer)) return null;
  return { advance: from === null ? null : { from, to }, needs };
}

type Refer = (owner: number, clock: number, end: number) => boolean;

/** The clock after the last struct; null when one of them is not allowed. */
function readStructs(structs: readonly Struct[], client: number, from: number, refer: Refer): number | null {
  const places = new Set<string>();
  let to = from;
  for (const struct of structs) {
    if (!isSetting(struct) || struct.id.client !== client || struct.id.clock !== to) return null;
    if (!isNewPlace(struct, places)) return null;
    if (struct.origin && !refer(struct.origin.client, struct.origin.clock + 1, to)) return null;
    to += struct.length;
  }
  return to - from > MAX_STRUCTS ? null : to;
}

function readDeletes(deletes: Decoded['ds'], to: number, refer: Refer): boolean {
  let ranges = 0;
  for (const [owner, deleted] of deletes.clients) {
    ranges += deleted.length;
    if (ranges > MAX_DELETES) return false;
    for (const { clock, len } of deleted) if (!refer(owner, clock + len, to)) return false;
  }
  return true;
}

type Decoded = ReturnType<typeof Y.decodeUpdate>;
type Struct = Y.Item | Y.GC | Y.Skip;

function decode(update: Bytes): Decoded | null {
  try {
    return Y.decodeUpdate(update);
  } catch {
    return null; // hostile bytes make lib0 and Yjs throw all kinds of errors
  }
}

/**
 * At most one block of structs. Yjs keeps only the last of two blocks of one client, whereas `decodeUpdate` shows
 * both: without this check the two would disagree about what an update holds.
 */
function hasOneClient(update: Bytes): boolean {
  try {
    return decoding.readVarUint(decoding.createDecoder(update)) <= 1;
  } catch {
    return false;
  }
}

/** A value set under a key of a root map: the only thing document.ts ever writes. */
function isSetting(struct: Struct): struct is Y.Item {
  if (!(struct instanceof Y.Item)) return false;
  const { id, length, content, origin, rightOrigin, parentSub } = struct;
  const parent: unknown = struct.parent; // a root map is named by a string until the item is integrated
  if (length < 1 || !isClock(id.clock + length) || rightOrigin) return false;
  // One value at a time: of several under one key in one item Yjs would show the last, and call none of them replaced.
  if (content instanceof Y.ContentAny ? length !== 1 : !(content instanceof Y.ContentDeleted)) return false;
  if (origin) return true; // stands where its origin stands; the wire holds no parent then
  return (
    typeof parent === 'string' &&
    parent.length <= MAX_ROOT &&
    parentSub !== null &&
    parentSub.length <= MAX_SUB
  );
}

/** Setting one key twice from the same predecessor is what makes conflict resolution slow; no edit does it. */
function isNewPlace(item: Y.Item, places: Set<string>): boolean {
  const place = item.origin
    ? `${item.origin.client} ${item.origin.clock}`
    : `${item.parent as unknown as string}\n${item.parentSub}`;
  if (places.has(place)) return false;
  places.add(place);
  return true;
}

function isClock(clock: number): boolean {
  return Number.isSafeInteger(clock) && clock >= 0;
}
