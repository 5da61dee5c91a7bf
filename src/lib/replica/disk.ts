/**
 * The sealed half of the disk: what `load` reads at one go, and what every turn writes.
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { SIGNATURE_LENGTH } from '#lib/crypto/signature.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import { decodeInner, encodeInner } from '#lib/keys/inner.ts';
import { openAt, sealAt, type Context } from './context.ts';
import { RecordDocument } from './document.ts';
import { ordinalOf } from './layout.ts';
import type { Change, Key } from './ports.ts';
import { decodeHead, encodeHead, EMPTY_HEAD, type HeadState } from './state.ts';
import type { OtherFrontiers, Turn } from './turn.ts';

/** Tails are folded into the state when there are this many (unless a replica is told otherwise)… */
export const MAX_TAILS = 128;
/** …or when they have this many bytes, or half as many as the state. */
export const MIN_TAIL_BYTES = 128 * 1024;

/** A tail seals the updates of one turn:   n × (u32 length | update) */
function encodeTail(updates: readonly Bytes[]): Bytes {
  const writer = new Writer(updates.reduce((sum, { length }) => sum + length + 4, 0));
  for (const update of updates) writer.lengthPrefixed(update);
  return writer.finish();
}

function decodeTail(tail: Bytes): Bytes[] | null {
  return decodeWith(tail, (reader) => {
    const updates: Bytes[] = [];
    while (reader.remaining > 0) updates.push(reader.lengthPrefixed(reader.remaining));
    return updates;
  });
}

/**
 *   controls   n × (id[32] | u32 length | inner without its signature)
 *   others     n × (device[32] | u32 n | n × (space[32] | u32 length | frontier))
 *   reports    n × (u32 length | UTF-8)
 */
function encodeControls(controls: ReadonlyMap<Hex, VerifiedControl>): Bytes {
  const writer = new Writer(4096);
  const unsigned = new Uint8Array(SIGNATURE_LENGTH);
  for (const [id, { inner }] of controls)
    writer.bytes(fromHex(id)).lengthPrefixed(encodeInner(inner, unsigned));
  return writer.finish();
}

function decodeControls(bytes: Bytes): Map<Hex, VerifiedControl> | null {
  return decodeWith(bytes, (reader) => {
    const controls = new Map<Hex, VerifiedControl>();
    while (reader.remaining > 0) {
      const id = toOwned(reader.bytes(ID_LENGTH));
      const decoded = decodeInner(reader.lengthPrefixed(reader.remaining));
      if (decoded) controls.set(hex(id), { id, inner: decoded.inner });
    }
    return controls;
  });
}

function encodeOthers(others: OtherFrontiers): Bytes {
  const writer = new Writer(4096);
  for (const [device, spaces] of others) {
    writer.bytes(fromHex(device)).u32(spaces.size);
    for (const [space, frontier] of spaces) writer.bytes(fromHex(space)).lengthPrefixed(frontier);
  }
  return writer.finish();
}

function decodeOthers(bytes: Bytes): OtherFrontiers | null {
  return decodeWith(bytes, (reader) => {
    const others = new Map<Hex, Map<Hex, Bytes>>();
    while (reader.remaining > 0) {
      const device = hex(reader.bytes(ID_LENGTH));
      const spaces = new Map<Hex, Bytes>();
      for (let left = reader.u32(); left > 0; left--)
        spaces.set(hex(reader.bytes(ID_LENGTH)), toOwned(reader.lengthPrefixed(reader.remaining)));
      others.set(device, spaces);
    }
    return others;
  });
}

export interface Loaded {
  readonly head: HeadState;
  readonly controls: ReadonlyMap<Hex, VerifiedControl>;
  readonly others: OtherFrontiers;
  readonly reported: ReadonlySet<string>;
  /** What state and tails make; empty when the record is damaged. */
  readonly document: RecordDocument;
  readonly stateBytes: number;
  /** One of the two heads is damaged. */
  readonly isSingle: boolean;
  /** What is missing or does not open: the rest is then to be made again from the frames. */
  readonly damaged: { readonly head: boolean; readonly controls: boolean; readonly record: boolean };
}

/** One read of everything sealed. Rejects as the disk does. */
export async function readSealed({ ports, layout, schema }: Context): Promise<Loaded> {
  const { disk, seal } = ports;
  const [live, reports] = await Promise.all([disk.list(layout.live), disk.get(layout.reports)]);
  const values = new Map(live.map(({ key, value }) => [key.join('/'), value]));
  const open = (key: Key) => openAt(seal, key, values.get(key.join('/')));
  const tailKeys = live.map(({ key }) => key).filter((key) => key.length === layout.tails.length + 1);
  const inTails = tailKeys.filter((key) => key.at(-2) === layout.tails.at(-1));
  const [headBytes, twinBytes, controlBytes, otherBytes, state, reported, ...tails] = await Promise.all([
    open(layout.head),
    open(layout.twin),
    open(layout.controls),
    open(layout.others),
    open(layout.state),
    openAt(seal, layout.reports, reports),
    ...inTails.map(open),
  ]);
  const [first, second] = [headBytes && decodeHead(headBytes), twinBytes && decodeHead(twinBytes)];
  const opened = first ?? second;
  const head = opened ?? EMPTY_HEAD;
  const controls = controlBytes && decodeControls(controlBytes);
  const numbers = inTails.map((key) => ordinalOf(key.at(-1) ?? ''));
  const complete =
    numbers.length === head.nextTail - head.firstTail && numbers.every((n, i) => n === head.firstTail + i);
  const read = tails.map((tail) => tail && decodeTail(tail));
  const folded = state && RecordDocument.open(state, schema);
  const isRead =
    opened !== null && complete && !read.includes(null) && (head.written === 0 || folded !== null);
  const document = (isRead && folded) || new RecordDocument(schema);
  const isWhole = isRead && document.apply(read.flatMap((tail) => tail ?? []));
  return {
    head,
    controls: controls ?? new Map<Hex, VerifiedControl>(),
    others: (otherBytes && decodeOthers(otherBytes)) ?? new Map<Hex, ReadonlyMap<Hex, Bytes>>(),
    reported: new Set(reported && decodeReports(reported)),
    document: isWhole ? document : new RecordDocument(schema),
    stateBytes: state?.length ?? 0,
    isSingle: (first === null) !== (second === null),
    damaged: {
      head: !opened && (live.length > 0 || (await disk.keys(layout.frames)).length > 0),
      controls: (controls?.size ?? 0) !== head.controls,
      record: opened !== null && !isWhole,
    },
  };
}

/**
 * The writes that end a turn. `state` when the turn folds: it takes the place of all tails; `updates` are those it does not hold.
 * The head is set to what stands on the disk then.
 */
export async function sealTurn(
  { ports: { seal }, layout }: Context,
  turn: Turn,
  before: Pick<Turn, 'controls' | 'others'>,
  state: Bytes | null,
  updates: readonly Bytes[] = state ? [] : turn.updates,
): Promise<readonly Change[]> {
  turn.setHead({ controls: turn.controls.size });
  const sealing: Promise<Change>[] = [];
  const removals: Change[] = [];
  if (state) {
    const { written, nextTail } = turn.head;
    turn.setHead({ written: written + 1, firstTail: nextTail, tailBytes: 0 });
    removals.push({ type: 'deletePrefix', prefix: layout.tails });
    sealing.push(sealAt(seal, layout.state, state));
  }
  if (updates.length > 0) {
    const tail = encodeTail(updates);
    const { nextTail, tailBytes } = turn.head;
    sealing.push(sealAt(seal, layout.tail(nextTail), tail));
    turn.setHead({ nextTail: nextTail + 1, tailBytes: tailBytes + tail.length });
  }
  const head = encodeHead(turn.head);
  sealing.push(sealAt(seal, layout.head, head), sealAt(seal, layout.twin, head));
  if (turn.controls !== before.controls)
    sealing.push(sealAt(seal, layout.controls, encodeControls(turn.controls)));
  if (turn.others !== before.others) sealing.push(sealAt(seal, layout.others, encodeOthers(turn.others)));
  if (turn.events.length > 0) sealing.push(sealAt(seal, layout.reports, encodeReports(turn.reported)));
  return [...turn.changes, ...removals, ...(await Promise.all(sealing))];
}

/** Whether the tails have become worth folding; `stateBytes` is the length of the state when it was last written. */
export function isFoldDue(
  { firstTail, nextTail, tailBytes }: HeadState,
  stateBytes: number,
  maxTails: number,
): boolean {
  return nextTail - firstTail >= maxTails || tailBytes > Math.max(MIN_TAIL_BYTES, stateBytes / 2);
}

function encodeReports(reports: ReadonlySet<string>): Bytes {
  const writer = new Writer();
  for (const report of reports) writer.lengthPrefixed(encoder.encode(report));
  return writer.finish();
}

function decodeReports(bytes: Bytes): string[] | null {
  return decodeWith(bytes, (reader) => {
    const reports: string[] = [];
    while (reader.remaining > 0) reports.push(decoder.decode(reader.lengthPrefixed(reader.remaining)));
    return reports;
  });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
