import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { hasChunk } from '#lib/protocol/relay.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { idOf } from '../../../tests/helpers/worlds/relay-world.ts';
import { systemClock } from '../../host/clock.ts';
import { DEFAULT_LIMITS } from '../../bounds/limits.ts';
import { openSqliteStore } from '../sqlite.ts';
import type { Store, StoreFailure, Topic } from '../store.ts';

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-crash-'));
  folders.push(folder);
  return folder;
}

async function topicIn(store: Store, id: Bytes): Promise<Topic> {
  const keys = { writeKey: id, deleteKey: id, openToReaders: false, expiresAt: 0 };
  const created = await store.createTopic({ id, ...keys });
  if (!created.ok) throw new Error(created.error.type);
  return created.value;
}

test.each([1, 2, 3, 4, 5])(
  'what was acknowledged when the machine stopped is there when it starts again, seed %i',
  async (seed) => {
    const random = seededRandom(seed);
    const [folder, image] = [aFolder(), aFolder()];
    const store = openSqliteStore({ folder, clock: systemClock, limits: DEFAULT_LIMITS });
    const ids = [random(32), random(32), random(32)];
    const topics = await Promise.all(ids.map((id) => topicIn(store, id)));
    const acknowledged: { topic: number; id: Bytes; cursor: number }[] = [];
    const chunks: { topic: number; blob: Bytes }[] = [];

    for (let round = 0; round < 60; round++) {
      const n = random.int(3);
      const topic = topics[n];
      if (!topic) continue;
      for (let i = random.int(12); i >= 0; i--) {
        const frame = random(20 + random.int(random.chance(0.1) ? 300_000 : 600));
        const put = store.put(topic, frame);
        void put.stored.then((failure) => {
          if (failure === null) acknowledged.push({ topic: n, id: idOf(frame), cursor: put.cursor });
        });
      }
      if (random.chance(0.2)) {
        const blob = random(32);
        void store.putChunk(topic, { blob, index: 0, total: 1, bytes: random(500) }).then((done) => {
          if (done.ok) chunks.push({ topic: n, blob });
        });
      }
      for (let i = random.int(4); i > 0; i--) await turn();
      if (random.chance(0.5)) await new Promise((resolve) => setTimeout(resolve, random.int(6)));

      if (round % 12 !== 11) continue;
      // The disk as a kill at this moment would leave it.
      const [known, knownChunks] = [[...acknowledged], [...chunks]];
      rmSync(image, { recursive: true });
      cpSync(folder, image, { recursive: true });
      const after = openSqliteStore({ folder: image, clock: systemClock, limits: DEFAULT_LIMITS });
      const restored = await Promise.all(ids.map((id) => after.findTopic(id)));
      for (const { topic: t, id, cursor } of known) {
        const found = await after.get(restored[t] as Topic, [id]);
        expect(
          found.map((entry) => entry.cursor),
          `seed ${seed}, round ${round}`,
        ).toEqual([cursor]);
      }
      for (const { topic: t, blob } of knownChunks) {
        const stat = await after.blobStat(restored[t] as Topic, blob);
        expect(stat && hasChunk(stat.have, 0)).toBe(true);
      }
      for (const [t, topic] of restored.entries()) {
        const highest = Math.max(0, ...known.filter((k) => k.topic === t).map((k) => k.cursor));
        const put = after.put(topic as Topic, random(10));
        expect(put.cursor).toBeGreaterThan(highest);
      }
      await after.close();
    }
    await store.close();
    expect(acknowledged.length).toBeGreaterThan(100);
  },
);

describe('R17: a disk that is full', () => {
  test('is said, is no crash, takes nothing that was acknowledged, and is over when there is room', async () => {
    const random = seededRandom('full');
    const folder = aFolder();
    const errors: unknown[] = [];
    const store = openSqliteStore({
      folder,
      clock: systemClock,
      limits: DEFAULT_LIMITS,
      maxBytes: 2_000_000,
      onError: (error) => errors.push(error),
    });
    const topic = await topicIn(store, random(32));
    const acknowledged: Bytes[] = [];
    let failure: StoreFailure | null = null;
    while (failure === null) {
      const frames = Array.from({ length: 5 }, () => random(100_000));
      const puts = frames.map((frame) => store.put(topic, frame));
      for (const [i, put] of puts.entries()) {
        const outcome = await put.stored;
        if (outcome === null) acknowledged.push(frames[i] ?? random(1));
        else failure = outcome;
      }
    }
    expect(failure).toBe('storage-full');
    expect(errors).toEqual([]);
    expect((await store.usage(topic)).frames).toBe(acknowledged.length);

    const chunk = { blob: random(32), index: 0, total: 1, bytes: random(60_000) };
    expect(await store.putChunk(topic, chunk)).toEqual({ ok: false, error: { type: 'storage-full' } });
    expect(await store.blobStat(topic, chunk.blob)).toBeNull();
    expect(await store.createTopic({ ...topic, id: random(32) })).toMatchObject({ ok: false });

    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const small = random(50);
    expect(await store.put(topic, small).stored).toBeNull();
    expect((await store.usage(topic)).frames).toBe(acknowledged.length + 1);
    await store.close();

    const larger = openSqliteStore({ folder, clock: systemClock, limits: DEFAULT_LIMITS });
    const found = (await larger.findTopic(topic.id)) as Topic;
    for (const frame of [...acknowledged, small]) {
      expect((await larger.get(found, [idOf(frame)])).length).toBe(1);
    }
    const more = random(300_000);
    expect(await larger.put(found, more).stored).toBeNull();
    await larger.close();
  });
});
