/**
 * The definition of a relay's store: every engine runs this suite, and its test is a dozen lines.
 * An engine is opened on a folder of its own; opening it again finds what was acknowledged.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CHUNK, PAGE_BYTES } from '#lib/protocol/limits.ts';
import { hasChunk } from '#lib/protocol/relay.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../relay/bounds/limits.ts';
import type { Clock } from '../../relay/host/clock.ts';
import type { Store, Topic } from '../../relay/store/store.ts';
import { seededRandom } from '../helpers/tools/random.ts';

export interface Engine {
  /** Opens the store of this test, or opens it again after `close`. */
  open(options: { clock: Clock; limits: RelayLimits }): Promise<Store>;
  /** Removes what the test left. */
  dispose(): Promise<void>;
}

export function describeRelayStore(name: string, createEngine: () => Promise<Engine>): void {
  describe(`the relay store on ${name}`, () => {
    const random = seededRandom(name);
    let disposals: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const dispose of disposals.reverse()) await dispose();
      disposals = [];
    });

    async function world(limits: Partial<RelayLimits> = {}) {
      const engine = await createEngine();
      const clock = shiftedClock();
      const options = { clock, limits: { ...DEFAULT_LIMITS, ...limits } };
      let store = await engine.open(options);
      disposals.push(async () => {
        await store.close();
        await engine.dispose();
      });
      return {
        clock,
        get store() {
          return store;
        },
        async reopen() {
          await store.close();
          store = await engine.open(options);
          return store;
        },
      };
    }

    const spec = (id: Bytes = random(32)) => ({
      id,
      writeKey: random(32),
      deleteKey: random(32),
      openToReaders: false,
      expiresAt: 0,
    });

    async function topicIn(store: Store, id?: Bytes): Promise<Topic> {
      return valueOf(await store.createTopic(spec(id)));
    }

    async function again(store: Store, topic: Topic): Promise<Topic> {
      const found = await store.findTopic(topic.id);
      if (!found) throw new Error('the topic is lost');
      return found;
    }

    async function putAll(store: Store, topic: Topic, frames: readonly Bytes[]): Promise<number[]> {
      const puts = frames.map((frame) => store.put(topic, frame));
      for (const put of puts) expect(await put.stored).toBeNull();
      return puts.map((put) => put.cursor);
    }

    test('a topic keeps the keys it was created with, for ever', async () => {
      const { store, reopen } = await world();
      const alice = spec();
      valueOf(await store.createTopic(alice));
      expect((await store.createTopic(alice)).ok).toBe(true);
      for (const changed of [
        { writeKey: random(32) },
        { deleteKey: random(32) },
        { deleteKey: null },
        { openToReaders: true },
      ]) {
        const taken = await store.createTopic({ ...alice, ...changed });
        expect(taken).toEqual({ ok: false, error: { type: 'topic-taken' } });
      }
      const found = await (await reopen()).findTopic(alice.id);
      expect(found?.writeKey).toEqual(alice.writeKey);
      expect(found?.deleteKey).toEqual(alice.deleteKey);
      expect(found?.openToReaders).toBe(false);
      expect(await store.findTopic(random(32)).catch(() => null)).toBeNull();
    });

    test('a topic without a delete key stays without one, for ever', async () => {
      const { store, reopen } = await world();
      const chain = { ...spec(), deleteKey: null };
      expect(valueOf(await store.createTopic(chain)).deleteKey).toBeNull();
      expect((await store.createTopic(chain)).ok).toBe(true);
      const taken = await store.createTopic({ ...chain, deleteKey: random(32) });
      expect(taken).toEqual({ ok: false, error: { type: 'topic-taken' } });
      const found = await (await reopen()).findTopic(chain.id);
      expect(found?.deleteKey).toBeNull();
      expect(found?.writeKey).toEqual(chain.writeKey);
    });

    test('what was acknowledged is there after a reopening, in the order of the cursors', async () => {
      const { store, reopen } = await world();
      const topic = await topicIn(store);
      const frames = Array.from({ length: 30 }, (_, i) => random(100 + i));
      const cursors = await putAll(store, topic, frames);
      expect([...cursors].sort((a, b) => a - b)).toEqual(cursors);
      expect(cursors[0]).toBeGreaterThan(0);

      const later = await reopen();
      const found = await again(later, topic);
      const page = await later.list(found, { since: 0, limit: 100, doomed: false });
      expect(page).toEqual({
        more: false,
        entries: frames.map((frame, i) => ({ cursor: cursors[i], doomed: false, frame })),
      });
      expect(await later.last(found)).toBe(cursors.at(-1));
    });

    test('a frame can be listed and fetched before it is acknowledged', async () => {
      const { store } = await world();
      const topic = await topicIn(store);
      const frame = random(200);
      const put = store.put(topic, frame);
      expect((await store.list(topic, { since: 0, limit: 10, doomed: false })).entries).toHaveLength(1);
      expect(await store.get(topic, [idOf(frame)])).toMatchObject([{ frame }]);
      expect((await store.index(topic, { since: 0, limit: 10, doomed: false })).entries[0]?.id).toEqual(
        idOf(frame),
      );
      expect(await put.stored).toBeNull();
    });

    test('a frame that is there is not kept twice, before and after it is durable', async () => {
      const { store, reopen } = await world();
      const topic = await topicIn(store);
      const frame = random(300);
      const first = store.put(topic, frame);
      const second = store.put(topic, frame);
      expect([first.fresh, second.fresh]).toEqual([true, false]);
      expect(await first.stored).toBeNull();
      expect(await second.stored).toBeNull();
      const later = await reopen();
      const found = await again(later, topic);
      const third = later.put(found, frame);
      expect(await third.stored).toBeNull();
      expect([third.fresh, third.cursor, second.cursor]).toEqual([false, first.cursor, first.cursor]);
      expect(await later.usage(found)).toMatchObject({ frames: 1, bytes: 300 });
    });

    test('a cursor is never given twice, also after a reopening with nothing in between', async () => {
      const { store, reopen } = await world();
      const topic = await topicIn(store);
      const [first] = await putAll(store, topic, [random(50)]);
      await reopen();
      const later = await reopen();
      const [second] = await putAll(later, await again(later, topic), [random(50)]);
      expect(second).toBeGreaterThan(first ?? Infinity);
    });

    test('pages follow one another without gap or repetition, by count and by size', async () => {
      const { store } = await world();
      const topic = await topicIn(store);
      const large = Math.ceil(PAGE_BYTES / 3);
      const hashOf = (frame: Bytes) => hexOf(idOf(frame));
      const frames = Array.from({ length: 25 }, (_, i) =>
        i % 5 === 0 ? new Uint8Array(large).fill(i) : random(40),
      );
      await putAll(store, topic, frames.slice(0, 15));
      const tail = frames.slice(15).map((frame) => store.put(topic, frame));
      for (const limit of [1, 7, 100]) {
        const seen: Bytes[] = [];
        let since = 0;
        for (let more = true; more;) {
          const page = await store.list(topic, { since, limit, doomed: false });
          expect(page.entries.length).toBeGreaterThan(0);
          expect(page.entries.reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThan(
            PAGE_BYTES + large,
          );
          seen.push(...page.entries.map(({ frame }) => frame));
          since = page.entries.at(-1)?.cursor ?? Infinity;
          more = page.more;
        }
        expect(seen.map(hashOf)).toEqual(frames.map(hashOf));
      }
      const all = await store.index(topic, { since: 0, limit: 100, doomed: false });
      expect(all.entries.map(({ id, size }) => [id, size])).toEqual(frames.map((f) => [idOf(f), f.length]));
      for (const put of tail) await put.stored;
    });

    test('closing twice is closing once; what comes then is refused, and what came before is there', async () => {
      const w = await world();
      const topic = await topicIn(w.store);
      const frames = Array.from({ length: 20 }, () => random(60));
      const puts = frames.map((frame) => w.store.put(topic, frame));
      const closing = [w.store.close(), w.store.close()];
      const late = random(60);
      expect(await w.store.put(topic, late).stored).toBe('unavailable');
      expect(await w.store.admit(topic, random(32))).toMatchObject({ error: { type: 'unavailable' } });
      await Promise.all(closing);
      await w.store.close();
      expect(await Promise.all(puts.map(({ stored }) => stored))).toEqual(frames.map(() => null));
      expect(await w.store.put(topic, late).stored).toBe('unavailable');
    });

    test('topics do not see each other', async () => {
      const { store } = await world();
      const [alice, bob] = [await topicIn(store), await topicIn(store)];
      const frame = random(80);
      await putAll(store, alice, [frame]);
      expect((await store.list(bob, { since: 0, limit: 10, doomed: true })).entries).toEqual([]);
      expect(await store.get(bob, [idOf(frame)])).toEqual([]);
      expect(store.put(bob, frame).fresh).toBe(true);
      expect(await store.getChunk(bob, random(32), 0)).toBeNull();
    });

    test('a frame proposed for deletion is hidden at once and erased after the grace', async () => {
      const { store, clock } = await world({ graceMs: 60_000 });
      const topic = await topicIn(store);
      const [kept, doomed] = [random(60), random(70)];
      await putAll(store, topic, [kept, doomed]);
      expect((await store.proposeDelete(topic, [idOf(doomed), random(32)])).ok).toBe(true);
      const frames = async (withDoomed: boolean) =>
        (await store.list(topic, { since: 0, limit: 10, doomed: withDoomed })).entries.map(
          ({ frame }) => frame,
        );
      expect(await frames(false)).toEqual([kept]);
      expect(await frames(true)).toEqual([kept, doomed]);
      expect(await store.get(topic, [idOf(doomed)])).toMatchObject([{ doomed: true }]);
      expect(await store.usage(topic)).toMatchObject({ frames: 2, bytes: 130, doomed: 1 });

      clock.shift(30_000);
      valueOf(await store.sweep());
      expect(await frames(true)).toHaveLength(2);
      clock.shift(30_000);
      expect(valueOf(await store.sweep())).toMatchObject({ frames: 1 });
      expect(await frames(true)).toEqual([kept]);
      expect(await store.usage(topic)).toMatchObject({ frames: 1, bytes: 60, doomed: 0 });
    });

    test('where a topic erases at once, what is doomed is shown to nobody, and goes with the next sweep', async () => {
      const { store, reopen } = await world({ graceMs: 60_000 });
      const place = valueOf(await store.createTopic({ ...spec(), erasesAtOnce: true }));
      const [kept, doomed] = [random(60), random(70)];
      await putAll(store, place, [kept, doomed]);
      expect((await store.proposeDelete(place, [idOf(doomed)])).ok).toBe(true);
      const range = { since: 0, limit: 10, doomed: true };
      expect((await store.list(place, range)).entries.map(({ frame }) => frame)).toEqual([kept]);
      expect((await store.index(place, range)).entries).toHaveLength(1);
      expect(await store.get(place, [idOf(doomed)])).toEqual([]);
      expect(valueOf(await store.sweep())).toMatchObject({ frames: 1 });
      const later = await reopen();
      const found = await again(later, place);
      expect(found.erasesAtOnce).toBe(true);
      expect(await later.usage(found)).toMatchObject({ frames: 1, bytes: 60, doomed: 0 });
    });

    test('putting a doomed frame again takes the deletion back, under its old cursor', async () => {
      const { store, clock } = await world({ graceMs: 1000 });
      const topic = await topicIn(store);
      const frame = random(60);
      const [cursor] = await putAll(store, topic, [frame]);
      await store.proposeDelete(topic, [idOf(frame)]);
      const put = store.put(topic, frame);
      expect(await put.stored).toBeNull();
      expect(put.cursor).toBe(cursor);
      clock.shift(5000);
      await store.sweep();
      expect((await store.list(topic, { since: 0, limit: 10, doomed: false })).entries).toHaveLength(1);
    });

    test('cursors rise also after the newest frame was erased', async () => {
      const { store, clock, reopen } = await world({ graceMs: 0 });
      const topic = await topicIn(store);
      const frame = random(60);
      const [cursor] = await putAll(store, topic, [frame]);
      await store.proposeDelete(topic, [idOf(frame)]);
      clock.shift(1);
      await store.sweep();
      const later = await reopen();
      const [next] = await putAll(later, await again(later, topic), [random(61)]);
      expect(next).toBeGreaterThan(cursor ?? Infinity);
    });

    test('an ephemeral topic ends with all it holds, and its name is free again', async () => {
      const { store, clock } = await world();
      const ephemeral = { ...spec(), expiresAt: clock.now() + 1000 };
      const topic = valueOf(await store.createTopic(ephemeral));
      await putAll(store, topic, [random(10)]);
      await store.putChunk(topic, { blob: random(32), index: 0, total: 1, bytes: random(5) });
      clock.shift(1000);
      expect(await store.findTopic(ephemeral.id)).toBeNull();
      expect(await store.put(topic, random(10)).stored).toBe('unknown-topic');
      expect(valueOf(await store.sweep())).toMatchObject({ topics: 1 });
      const next = valueOf(await store.createTopic({ ...ephemeral, expiresAt: 0, writeKey: random(32) }));
      expect((await store.list(next, { since: 0, limit: 10, doomed: true })).entries).toEqual([]);
      expect(await store.usage(next)).toMatchObject({ frames: 0, blobs: 0, blobBytes: 0 });
    });

    test('readers are admitted and dismissed one by one', async () => {
      const { store, reopen } = await world();
      const topic = await topicIn(store);
      const [martin, other] = [random(32), random(32)];
      expect(await store.isReader(topic, martin)).toBe(false);
      await store.admit(topic, martin);
      await store.admit(topic, martin);
      await store.admit(topic, other);
      expect(await store.usage(topic)).toMatchObject({ readers: 2 });
      await store.dismiss(topic, other);
      const later = await reopen();
      const found = await again(later, topic);
      expect([await later.isReader(found, martin), await later.isReader(found, other)]).toEqual([
        true,
        false,
      ]);
    });

    test('a blob arrives chunk by chunk, in any order, over a reopening', async () => {
      const { store, reopen } = await world();
      const topic = await topicIn(store);
      const blob = random(32);
      const chunks = [new Uint8Array(CHUNK).fill(1), new Uint8Array(CHUNK).fill(2), random(123)];
      const put = (into: Store, owner: Topic, index: number) =>
        into.putChunk(owner, { blob, index, total: 3, bytes: chunks[index] ?? random(1) });
      expect(await store.blobStat(topic, blob)).toBeNull();
      expect((await put(store, topic, 2)).ok).toBe(true);
      const later = await reopen();
      const found = await again(later, topic);
      expect(await bitsOf(later, found, blob)).toEqual([false, false, true]);
      expect((await put(later, found, 0)).ok).toBe(true);
      expect((await put(later, found, 0)).ok).toBe(true);
      expect((await put(later, found, 1)).ok).toBe(true);
      expect(await bitsOf(later, found, blob)).toEqual([true, true, true]);
      for (const [i, chunk] of chunks.entries()) expect(await later.getChunk(found, blob, i)).toEqual(chunk);
      expect(await later.usage(found)).toMatchObject({ blobs: 1, blobBytes: 2 * CHUNK + 123 });
    });

    test('a chunk that is there stays as it is', async () => {
      const { store } = await world();
      const topic = await topicIn(store);
      const [blob, bytes] = [random(32), random(99)];
      await store.putChunk(topic, { blob, index: 1, total: 2, bytes });
      const other = await store.putChunk(topic, { blob, index: 1, total: 2, bytes: random(99) });
      expect(other).toEqual({ ok: false, error: { type: 'conflict' } });
      const total = await store.putChunk(topic, { blob, index: 0, total: 3, bytes: random(CHUNK) });
      expect(total).toEqual({ ok: false, error: { type: 'conflict' } });
      expect(await store.getChunk(topic, blob, 1)).toEqual(bytes);
      expect(await store.usage(topic)).toMatchObject({ blobBytes: 99 });
    });

    test('a blob left unfinished is erased, a finished one stays, a deleted one stays for its grace', async () => {
      const { store, clock } = await world({ unfinishedMs: 60_000, graceMs: 120_000 });
      const topic = await topicIn(store);
      const [unfinished, finished, deleted] = [random(32), random(32), random(32)];
      await store.putChunk(topic, { blob: unfinished, index: 1, total: 2, bytes: random(10) });
      await store.putChunk(topic, { blob: finished, index: 0, total: 1, bytes: random(20) });
      await store.putChunk(topic, { blob: deleted, index: 0, total: 1, bytes: random(30) });
      expect((await store.deleteBlob(topic, deleted)).ok).toBe(true);
      expect((await store.deleteBlob(topic, random(32))).ok).toBe(true);
      clock.shift(60_000);
      expect(valueOf(await store.sweep())).toMatchObject({ blobs: 1 });
      expect(await store.blobStat(topic, unfinished)).toBeNull();
      expect(await store.getChunk(topic, deleted, 0)).not.toBeNull();
      clock.shift(60_000);
      expect(valueOf(await store.sweep())).toMatchObject({ blobs: 1 });
      expect(await store.getChunk(topic, deleted, 0)).toBeNull();
      expect(await store.getChunk(topic, finished, 0)).not.toBeNull();
      expect(await store.usage(topic)).toMatchObject({ blobs: 1, blobBytes: 20 });
    });

    test('a topic takes no more than its quota', async () => {
      const { store } = await world({ topicBytes: 1000, topicFrames: 3 });
      const topic = await topicIn(store);
      await putAll(store, topic, [random(400)]);
      expect(await store.put(topic, random(601)).stored).toBe('quota');
      const chunk = { blob: random(32), index: 0, total: 1, bytes: random(601) };
      expect(await store.putChunk(topic, chunk)).toEqual({ ok: false, error: { type: 'quota' } });
      await putAll(store, topic, [random(10), random(11)]);
      expect(await store.put(topic, random(1)).stored).toBe('quota');
    });

    test('usage tells all that the relay holds', async () => {
      const { store, clock } = await world();
      const topic = await topicIn(store);
      const createdAt = clock.now();
      expect(await store.usage(topic)).toMatchObject({
        frames: 0,
        firstAt: 0,
        lastAt: 0,
        sample: new Uint8Array(),
      });
      await putAll(store, topic, [random(100)]);
      const firstAt = clock.now();
      clock.shift(60_000);
      const newest = random(500);
      await putAll(store, topic, [newest]);
      const usage = await store.usage(topic);
      expect(usage).toMatchObject({ frames: 2, bytes: 600, expiresAt: 0, sample: newest.subarray(0, 64) });
      expect(Math.abs(usage.createdAt - createdAt)).toBeLessThan(5000);
      expect(Math.abs(usage.firstAt - firstAt)).toBeLessThan(5000);
      expect(usage.lastAt - usage.firstAt).toBeGreaterThanOrEqual(60_000);
    });

    test('any history of puts, deletions and reopenings leaves what a plain map would hold', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
          const w = await world({ graceMs: 1000 });
          let topic = await topicIn(w.store);
          const model = new Map<number, 'kept' | 'doomed'>();
          const bodies = Array.from({ length: 12 }, (_, i) => random(20 + i));
          for (const { action, frame } of steps) {
            const body = bodies[frame] ?? random(1);
            if (action === 'put') {
              expect(await w.store.put(topic, body).stored).toBeNull();
              model.set(frame, 'kept');
            } else if (action === 'doom') {
              await w.store.proposeDelete(topic, [idOf(body)]);
              if (model.has(frame)) model.set(frame, 'doomed');
            } else if (action === 'wait') {
              w.clock.shift(1000);
              await w.store.sweep();
              for (const [key, state] of model) if (state === 'doomed') model.delete(key);
            } else {
              topic = await again(await w.reopen(), topic);
            }
          }
          const held = async (doomed: boolean) =>
            (await w.store.index(topic, { since: 0, limit: 100, doomed })).entries
              .map(({ id }) => hexOf(id))
              .sort();
          const expected = (wanted: (state: string) => boolean) =>
            [...model]
              .filter(([, s]) => wanted(s))
              .map(([f]) => hexOf(idOf(bodies[f] ?? random(1))))
              .sort();
          expect(await held(false)).toEqual(expected((state) => state === 'kept'));
          expect(await held(true)).toEqual(expected(() => true));
        }),
        { numRuns: 10 },
      );
    });
  });
}

const step = fc.record({
  action: fc.constantFrom('put', 'put', 'put', 'doom', 'wait', 'reopen'),
  frame: fc.nat({ max: 11 }),
});

/** The real clock, which a test may move ahead: commits run in real time. */
function shiftedClock(): Clock & { shift(milliseconds: number): void } {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    setTimer(delay, action) {
      const timer = setTimeout(action, delay);
      return () => {
        clearTimeout(timer);
      };
    },
    shift(milliseconds) {
      offset += milliseconds;
    },
  };
}

async function bitsOf(store: Store, topic: Topic, blob: Bytes): Promise<boolean[]> {
  const stat = await store.blobStat(topic, blob);
  if (!stat) return [];
  return Array.from({ length: stat.total }, (_, index) => hasChunk(stat.have, index));
}

export function idOf(frame: Bytes): Bytes {
  return new Uint8Array(createHash('sha256').update(frame).digest());
}

function hexOf(bytes: Bytes): string {
  return Buffer.from(bytes).toString('hex');
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T {
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}
