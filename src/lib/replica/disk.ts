/**
 * The sealed half of the disk: what `load` reads at one go, and what every transaction writes.
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { addressHash, addressOfHash, type Address } from '#lib/keys/address.ts';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import { chainSpaceId, type ChainEntry } from '#lib/keys/chain.ts';
import { decodeControl, type VerifiedControl } from '#lib/keys/control.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import { openAt, sealAt, type Context } from './context.ts';
import { RecordDocument } from './document/document.ts';
import { SHORT_LENGTH } from './document/format.ts';
import { Lane } from './lane.ts';
import { ordinalOf } from './layout.ts';
import type { Taken } from './log.ts';
import type { Carried, Change, Key } from './ports.ts';
import { decodeHead, encodeHead, EMPTY_HEAD, type HeadState } from './state.ts';
import type { OtherFrontiers, Transaction } from './transaction.ts';

/** Tails are folded into the state when there are this many (unless a replica is told otherwise)… */
export const MAX_TAILS = 128;
/** …or when they have this many bytes, or half as many as the state. */
export const MIN_TAIL_BYTES = 128 * 1024;

/**
 * A tail seals what one transaction took into lanes:
 *
 *   tail    n × (u32 length | lane id UTF-8 | u53 client as u64 | u8 0, or u8 1 | u32 length | update
 *           | short id[16] | u64 milliseconds | u16 counter)
 *   state   n × (u32 length | lane id UTF-8 | u64 client | u32 length | the lane (folded.ts))
 */
function encodeTail(taken: readonly Taken[]): Bytes {
  const writer = new Writer(1024);
  for (const { lane, client, update, mark } of taken) {
    writer
      .lengthPrefixed(encoder.encode(lane))
      .u64(client)
      .u8(update ? 1 : 0);
    if (update) writer.lengthPrefixed(update);
    writer.bytes(fromHex(mark.short)).u64(mark.time).u16(mark.counter);
  }
  return writer.finish();
}

function decodeTail(tail: Bytes): Taken[] | null {
  return decodeWith(tail, (reader) => {
    const taken: Taken[] = [];
    while (reader.remaining > 0) {
      const [lane, client] = [decoder.decode(reader.lengthPrefixed(reader.remaining)), reader.u64()];
      const update = reader.u8() === 1 ? toOwned(reader.lengthPrefixed(reader.remaining)) : null;
      const mark = { short: hex(reader.bytes(SHORT_LENGTH)), time: reader.u64(), counter: reader.u16() };
      taken.push({ lane, client, update, mark });
    }
    return taken;
  });
}

export function encodeState(document: RecordDocument): Bytes {
  const writer = new Writer(65_536);
  for (const [id, lane] of document.lanes)
    writer.lengthPrefixed(encoder.encode(id)).u64(lane.client).lengthPrefixed(lane.encode());
  return writer.finish();
}

function decodeState(state: Bytes, schema: Context['schema']): RecordDocument | null {
  return decodeWith(state, (reader) => {
    const document = new RecordDocument(schema);
    while (reader.remaining > 0) {
      const [id, client] = [decoder.decode(reader.lengthPrefixed(reader.remaining)), reader.u64()];
      const lane = Lane.open(toOwned(reader.lengthPrefixed(reader.remaining)), client);
      if (!lane) throw new MalformedBytes('no lane');
      document.putLane(id, lane);
    }
    return document;
  });
}

function replay(document: RecordDocument, taken: readonly Taken[]): boolean {
  return taken.every(({ lane, client, update, mark }) => {
    if (!document.lanes.has(lane)) document.putLane(lane, new Lane(client));
    return document.apply(lane, update, mark);
  });
}

/**
 *   controls   n × (u32 epoch | u32 length | inner with its signature)
 *   carried    n × (address[32] | u32 length | inner of a chain statement with its signature)
 *   others     n × (device[32] | u32 n | n × (space[32] | u32 length | frontier))
 *   reports    n × (u32 length | UTF-8)
 */
function encodeControls(controls: ReadonlyMap<Hex, VerifiedControl>): Bytes {
  const writer = new Writer(4096);
  for (const { epoch, statement } of controls.values()) writer.u32(epoch).lengthPrefixed(statement);
  return writer.finish();
}

/** What is sealed here was verified before it was sealed. */
function decodeControls(bytes: Bytes, space: Bytes): Map<Hex, VerifiedControl> | null {
  return decodeWith(bytes, (reader) => {
    const controls = new Map<Hex, VerifiedControl>();
    while (reader.remaining > 0) {
      const epoch = reader.u32();
      const decoded = decodeControl(space, epoch, toOwned(reader.lengthPrefixed(reader.remaining)));
      if (decoded) controls.set(hex(decoded.claimed.id), decoded.claimed);
    }
    return controls;
  });
}

function encodeCarried(carried: Carried): Bytes {
  const writer = new Writer(4096);
  for (const [address, entries] of carried)
    for (const { control } of entries) writer.bytes(addressHash(address)).lengthPrefixed(control.statement);
  return writer.finish();
}

function decodeCarried(bytes: Bytes): Carried | null {
  return decodeWith(bytes, (reader) => {
    const carried = new Map<Address, ChainEntry[]>();
    while (reader.remaining > 0) {
      const address = addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
      const statement = toOwned(reader.lengthPrefixed(reader.remaining));
      const control = decodeControl(chainSpaceId(address), 0, statement)?.claimed;
      const body = control && decodeChainBody(control.inner.body);
      if (control && body) carried.set(address, [...(carried.get(address) ?? []), { control, body }]);
    }
    return carried;
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
  readonly carried: Carried;
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
export async function readSealed({ space, ports, layout, schema }: Context): Promise<Loaded> {
  const { disk, seal } = ports;
  const [live, reports] = await Promise.all([disk.list(layout.live), disk.get(layout.reports)]);
  const values = new Map(live.map(({ key, value }) => [key.join('/'), value]));
  const open = (key: Key) => openAt(seal, key, values.get(key.join('/')));
  const tailKeys = live.map(({ key }) => key).filter((key) => key.length === layout.tails.length + 1);
  const inTails = tailKeys.filter((key) => key.at(-2) === layout.tails.at(-1));
  const [headBytes, twinBytes, controlBytes, carriedBytes, otherBytes, state, reported, ...tails] =
    await Promise.all([
      open(layout.head),
      open(layout.twin),
      open(layout.controls),
      open(layout.carried),
      open(layout.others),
      open(layout.state),
      openAt(seal, layout.reports, reports),
      ...inTails.map(open),
    ]);
  const [first, second] = [headBytes && decodeHead(headBytes), twinBytes && decodeHead(twinBytes)];
  const opened = first ?? second;
  const head = opened ?? EMPTY_HEAD;
  const controls = controlBytes && decodeControls(controlBytes, space);
  const carried = carriedBytes && decodeCarried(carriedBytes);
  const numbers = inTails.map((key) => ordinalOf(key.at(-1) ?? ''));
  const complete =
    numbers.length === head.nextTail - head.firstTail && numbers.every((n, i) => n === head.firstTail + i);
  const read = tails.map((tail) => tail && decodeTail(tail));
  const folded = state && decodeState(state, schema);
  const isRead =
    opened !== null && complete && !read.includes(null) && (head.written === 0 || folded !== null);
  const document = (isRead && folded) || new RecordDocument(schema);
  const isWhole =
    isRead &&
    replay(
      document,
      read.flatMap((tail) => tail ?? []),
    ) &&
    isSame(document, head);
  return {
    head,
    controls: controls ?? new Map<Hex, VerifiedControl>(),
    carried: carried ?? new Map<Address, readonly ChainEntry[]>(),
    others: (otherBytes && decodeOthers(otherBytes)) ?? new Map<Hex, ReadonlyMap<Hex, Bytes>>(),
    reported: new Set(reported && decodeReports(reported)),
    document: isWhole ? document : new RecordDocument(schema),
    stateBytes: state?.length ?? 0,
    isSingle: (first === null) !== (second === null),
    damaged: {
      head: !opened && (live.length > 0 || (await disk.keys(layout.frames)).length > 0),
      controls: (controls?.size ?? 0) !== head.controls || (carried === null && head.carried),
      record: opened !== null && !isWhole,
    },
  };
}

/** Whether the lanes come as far as the head says. */
function isSame(document: RecordDocument, { lanes }: HeadState): boolean {
  return [...lanes].every(([id, { seq, clock }]) => {
    const lane = document.lanes.get(id);
    return lane?.frames === seq && lane.clock === clock;
  });
}

/** The writes that end a transaction, and the state if it was written. The head is set to what stands on the disk then. */
export async function sealTransaction(
  { ports: { seal }, layout }: Context,
  transaction: Transaction,
  before: Pick<Transaction, 'controls' | 'others' | 'carried'>,
  folds: boolean,
): Promise<{ readonly changes: readonly Change[]; readonly stateBytes: number | null }> {
  transaction.setHead({ controls: transaction.controls.size, carried: transaction.carried.size > 0 });
  const sealing: Promise<Change>[] = [];
  const removals: Change[] = [];
  const state = folds ? encodeState(transaction.document) : null;
  if (state) {
    const { written, nextTail } = transaction.head;
    transaction.setHead({ written: written + 1, firstTail: nextTail, tailBytes: 0 });
    removals.push({ type: 'deletePrefix', prefix: layout.tails });
    sealing.push(sealAt(seal, layout.state, state));
  } else if (transaction.taken.length > 0) {
    const tail = encodeTail(transaction.taken);
    const { nextTail, tailBytes } = transaction.head;
    sealing.push(sealAt(seal, layout.tail(nextTail), tail));
    transaction.setHead({ nextTail: nextTail + 1, tailBytes: tailBytes + tail.length });
  }
  const head = encodeHead(transaction.head);
  sealing.push(sealAt(seal, layout.head, head), sealAt(seal, layout.twin, head));
  if (transaction.controls !== before.controls)
    sealing.push(sealAt(seal, layout.controls, encodeControls(transaction.controls)));
  if (transaction.carried !== before.carried)
    sealing.push(sealAt(seal, layout.carried, encodeCarried(transaction.carried)));
  if (transaction.others !== before.others)
    sealing.push(sealAt(seal, layout.others, encodeOthers(transaction.others)));
  if (transaction.events.length > 0)
    sealing.push(sealAt(seal, layout.reports, encodeReports(transaction.reported)));
  const changes = [...transaction.changes, ...removals, ...(await Promise.all(sealing))];
  return { changes, stateBytes: state?.length ?? null };
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
