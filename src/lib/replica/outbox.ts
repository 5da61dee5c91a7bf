/**
 * What the relay has not acknowledged, in the order it was made. The bytes stay on the disk; this is the list.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { idIn, isNamed, verifyAll, type Context } from './context.ts';
import { openReceived, type Frame, type OpenedFrame } from './frames.ts';
import type { TopicCursor } from './interface.ts';
import { ordinalOf } from './layout.ts';
import { ownLanes } from './log.ts';
import type { Members } from './members.ts';
import type { Key } from './ports.ts';
import type { HeadState, Reach } from './state.ts';
import { readUpdate } from './update.ts';

export interface Unsent {
  readonly key: Key;
  readonly id: Hex;
  readonly topic: Bytes;
  /** Of a data frame of this device that the relay never had, as far as we know: its number, and how many values its author had set before it, if it sets any. */
  readonly own: { readonly seq: number; readonly from: number | null } | null;
  /** The relay never had it, as far as we know. */
  readonly isNew: boolean;
  /** No copy of it is whole. */
  readonly isLost: boolean;
}

export async function readOutbox(context: Context): Promise<Unsent[]> {
  const entries = await context.ports.disk.list(context.layout.outbox);
  return Promise.all(entries.map(({ key, value }) => unsentOf(context, key, value)));
}

async function unsentOf(context: Context, key: Key, value: Bytes): Promise<Unsent> {
  const [place, isNew] = [{ key, id: idIn(key), topic: fromHex(key.at(-2) ?? '') }, key.at(-3) === 'new'];
  const bytes = isNamed(value, place.id) ? value : await readUnsent(context, place);
  const opened = bytes && openUnsent(context, place, bytes);
  const own = opened && isNew ? ownOf(context, opened.frame) : null;
  return { ...place, own, isNew, isLost: bytes === null };
}

/** Null without the keys of its epoch. */
function openUnsent({ keyring, policy }: Context, { id, topic }: Place, bytes: Bytes): OpenedFrame | null {
  const epoch = keyring.at(topic);
  const opened = epoch ? openReceived(bytes, fromHex(id), epoch, policy.hasGrounds) : 'unreadable';
  return typeof opened === 'string' ? null : opened;
}

/** The frame itself, verified; null when no copy is whole, or without its keys. */
export async function readUnsentFrame(
  context: Context,
  unsent: Unsent,
  members: Members,
): Promise<Frame | null> {
  const bytes = await readUnsent(context, unsent);
  const opened = bytes && openUnsent(context, unsent, bytes);
  const { good } = await verifyAll(opened ? [opened] : [], members, new Map());
  return good[0]?.frame ?? null;
}

export function ownOf({ self }: Context, frame: Frame): Unsent['own'] {
  if (frame.author !== self.id || frame.kind === 'control') return null;
  const update = frame.kind === 'update' ? readUpdate(frame.content) : null;
  return { seq: frame.seq, from: update && update.values.length > 0 ? update.clock : null };
}

/** Where the newest frames stand that the relay acknowledged, of those that no cursor has followed. */
export function beyondCursors(
  { cursors, acknowledged }: HeadState,
  newest: readonly TopicCursor[],
): HeadState['acknowledged'] {
  const places = new Map(acknowledged);
  for (const { topic, after, frame } of newest)
    if (after > (places.get(hex(topic))?.after ?? 0)) places.set(hex(topic), { after, frame });
  return new Map([...places].filter(([topic, { after }]) => after > (cursors.get(topic)?.after ?? 0)));
}

/** How many of this device's words are on the relay, given what is not. */
export function sentUpTo({ lanes, sent }: HeadState, self: Hex, unsent: readonly Unsent[]): Reach {
  const own = unsent.flatMap(({ own }) => own ?? []).sort((a, b) => a.seq - b.seq);
  const [head] = ownLanes(self, lanes).before;
  if (!head || unsent.some(({ isLost }) => isLost)) return sent;
  if (!own[0]) return { seq: head.seq, clock: head.clock };
  return { seq: own[0].seq - 1, clock: own.find(({ from }) => from !== null)?.from ?? head.clock };
}

type Place = Pick<Unsent, 'key' | 'id' | 'topic'>;

/** The bytes of an unsent frame; from its other copy where this one is damaged. */
export async function readUnsent(
  { ports, layout }: Context,
  { key, id, topic }: Place,
): Promise<Bytes | null> {
  for (const place of [key, layout.frame(topic, id), layout.park(topic, id)]) {
    const bytes = await ports.disk.get(place);
    if (bytes && isNamed(bytes, id)) return bytes;
  }
  return null;
}

/** Its place in the order of sending. */
export function numberOf(key: Key): number {
  return ordinalOf(key.at(-4) ?? '');
}

export function groupByTopic(keys: readonly Key[], limit: number): { topic: Bytes; ids: Bytes[] }[] {
  const groups = new Map<string, Bytes[]>();
  for (const key of keys.slice(0, limit)) {
    const topic = key.at(-2) ?? '';
    groups.set(topic, [...(groups.get(topic) ?? []), fromHex(key.at(-1) ?? '')]);
  }
  return [...groups].map(([topic, ids]) => ({ topic: fromHex(topic), ids }));
}
