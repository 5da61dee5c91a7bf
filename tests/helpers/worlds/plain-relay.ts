/**
 * What a relay keeps, and nothing else: per topic an append-only map of frames under rising cursors. Tests of the replica
 * reach into it to drop, reorder, replay or lose.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Replica, Syncable } from '#lib/replica/replica.ts';

export interface Kept {
  readonly cursor: number;
  readonly id: string;
  readonly bytes: Bytes;
  readonly doomed: boolean;
}

export interface PlainRelay {
  put(topic: Bytes, bytes: Bytes): Kept;
  list(topic: Bytes, since: number, doomed?: boolean): readonly Kept[];
  get(topic: Bytes, ids: readonly string[]): readonly Kept[];
  doom(topic: Bytes, ids: readonly Bytes[]): void;
  /** Erases what is doomed. */
  purge(): void;
  /** A backup, and its restoration. */
  backup(): () => void;
  /** Everything, by topic in hex. Tests change it. */
  readonly topics: Map<string, Kept[]>;
}

export function plainRelay(): PlainRelay {
  const topics = new Map<string, Kept[]>();
  let cursor = 0;
  const at = (topic: Bytes): Kept[] => {
    const kept = topics.get(hex(topic)) ?? [];
    topics.set(hex(topic), kept);
    return kept;
  };
  return {
    topics,
    put(topic, bytes) {
      const id = hex(frameId(bytes));
      const kept = at(topic);
      const index = kept.findIndex((one) => one.id === id);
      if (index >= 0) {
        kept[index] = { ...kept[index]!, doomed: false };
        return kept[index];
      }
      const entry = { cursor: ++cursor, id, bytes, doomed: false };
      kept.push(entry);
      return entry;
    },
    list: (topic, since, doomed = false) =>
      at(topic).filter((one) => one.cursor > since && (doomed || !one.doomed)),
    get: (topic, ids) => at(topic).filter(({ id }) => ids.includes(id)),
    doom(topic, ids) {
      const names = new Set(ids.map(hex));
      const kept = at(topic);
      kept.forEach((one, i) => names.has(one.id) && (kept[i] = { ...one, doomed: true }));
    },
    purge() {
      for (const [topic, kept] of topics)
        topics.set(
          topic,
          kept.filter(({ doomed }) => !doomed),
        );
    },
    backup() {
      const copy = new Map([...topics].map(([topic, kept]) => [topic, [...kept]]));
      return () => {
        topics.clear();
        for (const [topic, kept] of copy) topics.set(topic, [...kept]);
      };
    },
  };
}

/** The relay as it shows itself to one device: without the frames of these ids. */
export function without(relay: PlainRelay, hidden: ReadonlySet<string>): PlainRelay {
  return {
    ...relay,
    list: (topic, since, doomed) => relay.list(topic, since, doomed).filter(({ id }) => !hidden.has(id)),
    get: (topic, ids) => relay.get(topic, ids).filter(({ id }) => !hidden.has(id)),
  };
}

/** Sends what is unsent. */
export async function push(space: Syncable, relay: PlainRelay): Promise<void> {
  for (let batch = await space.outbox(); batch.length > 0; batch = await space.outbox()) {
    for (const { topic, bytes } of batch) relay.put(topic, bytes);
    const done = await space.acknowledge(batch.map(({ id }) => id));
    if (!done.ok) throw new Error(done.error.type);
  }
}

/** Takes everything the relay has to show. */
export async function pull(space: Syncable, relay: PlainRelay, upToDate = true): Promise<void> {
  for (const topic of space.topics()) {
    const history = space.wantsHistory();
    const entries = relay.list(topic, history ? 0 : space.cursor(topic).after, history);
    const last = entries.at(-1);
    const upTo = last && { topic, after: last.cursor, frame: frameId(last.bytes) };
    await must(
      space.receive(
        entries.map(({ bytes }) => ({ topic, bytes })),
        upTo ? { upTo } : {},
      ),
    );
  }
  for (let rounds = 0; rounds < 50; rounds++) {
    const missing = space.missing().map(hex);
    const found = space
      .topics()
      .flatMap((topic) => relay.get(topic, missing).map(({ bytes }) => ({ topic, bytes })));
    if (found.length === 0) break;
    await must(space.receive(found));
  }
  if (space.wantsHistory()) {
    for (const topic of space.topics()) {
      const entries = relay.list(topic, 0, true);
      await must(space.receive(entries.map(({ bytes }) => ({ topic, bytes }))));
    }
  }
  if (!upToDate) return;
  await must(space.receive([], { upToDate: true }));
  if ('noteShown' in space) await must((space as Replica).noteShown());
}

export async function sync(space: Syncable, relay: PlainRelay): Promise<void> {
  await pull(space, relay, false);
  await push(space, relay);
  await pull(space, relay);
}

/**
 * Everybody syncs until nobody has anything left to say: who has taken in a snapshot names it, and who is shown a
 * revocation vouches.
 */
export async function settle(spaces: readonly Syncable[], relay: PlainRelay): Promise<void> {
  const isQuiet = () => spaces.every((space) => space.unsent() === 0);
  for (let round = 0; round < 10; round++) {
    for (const space of spaces) await sync(space, relay);
    if (!isQuiet()) continue;
    for (const space of spaces) await pull(space, relay);
    if (isQuiet()) return;
  }
  throw new Error('they do not come to rest');
}

async function must<T>(
  result: Promise<{ ok: true; value: T } | { ok: false; error: { type: string } }>,
): Promise<T> {
  const answer = await result;
  if (!answer.ok) throw new Error(answer.error.type);
  return answer.value;
}
