/**
 * R15: a chunk of a download is missing or late. The state is clear, the download goes on by itself or says what lacks,
 * and no part of a file is ever opened.
 */
import { expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { downloadBlob, type BlobError } from '#lib/sync/blobs.ts';
import type { Result } from '#lib/bytes/result.ts';
import { sealedFile } from '../helpers/tools/sealed-file.ts';
import { syncWorld } from '../helpers/worlds/sync-world.ts';

const GET_CHUNK = 0x0c;
const LACKING = 7;

async function setting(seed: string) {
  const world = syncWorld(seed);
  const sealed = await sealedFile(1_000_000, world.random.fork('file'));
  const total = sealed.manifest.chunks;
  const phone = world.device();
  await world.clock.until(world.converged);
  const topic = (await world.relay.store.findTopic(world.keys.topic))!;
  const store = async (index: number) => {
    let stored = false;
    const chunk = { blob: sealed.blob, index, total, bytes: sealed.chunks[index]! };
    void world.relay.store.putChunk(topic, chunk).then(() => (stored = true));
    await world.clock.until(() => stored);
  };
  for (let index = 0; index < total; index++) if (index !== LACKING) await store(index);

  const here = new Map<number, Bytes>();
  let requests = 0;
  world.network.tap = (direction, message) => {
    if (direction === 'up' && message[0] === GET_CHUNK) requests++;
    return true;
  };
  const download = async (signal?: AbortSignal) => {
    requests = 0;
    let done: Result<void, BlobError> | undefined;
    void downloadBlob({
      topic: world.keys.topic,
      blob: sealed.blob,
      total,
      present: new Set(here.keys()),
      keep: async (index, bytes) => here.set(index, bytes.slice()).size > 0,
      sessionFor: (topic, signal) => phone.engine.sessionFor(topic, signal),
      clock: world.clock,
      random: world.random,
      ...(signal ? { signal } : {}),
    }).then((result) => (done = result));
    await world.clock.until(() => done !== undefined);
    return { done, requests };
  };
  return { world, sealed, total, store, here, download };
}

test('R15: a chunk that the relay lacks is named, nothing is opened, and only it is fetched when it comes', async () => {
  const { world, sealed, total, store, here, download } = await setting('missing');
  const first = await download();
  expect(first.done).toEqual({ ok: false, error: { type: 'chunks-missing', chunks: [LACKING] } });
  expect(here.size).toBe(total - 1);
  expect(await sealed.open(here)).toBe('nothing');

  await store(LACKING);
  const second = await download();
  expect(second).toEqual({ done: { ok: true, value: undefined }, requests: 1 });
  expect(await sealed.open(here)).toBe('file');
  world.stop();
});

test('R15: when the line goes silent in the middle, the download goes on by itself where it was', async () => {
  const { world, sealed, total, store, here, download } = await setting('late');
  await store(LACKING);
  world.clock.setTimer(120, () => world.network.muteAll());
  const { done, requests } = await download();
  expect(done).toEqual({ ok: true, value: undefined });
  expect(requests).toBeGreaterThan(total);
  expect(requests).toBeLessThanOrEqual(total + 4);
  expect(await sealed.open(here)).toBe('file');
  world.stop();
});

test('R15: a download that the person cancels ends at once, and what came is kept for the next time', async () => {
  const { world, total, here, download } = await setting('cancel');
  const cancel = new AbortController();
  world.clock.setTimer(120, () => cancel.abort());
  expect((await download(cancel.signal)).done).toEqual({ ok: false, error: { type: 'cancelled' } });
  expect(here.size).toBeGreaterThan(0);
  expect(here.size).toBeLessThan(total);
  const kept = here.size;
  expect((await download()).requests).toBe(total - kept);
  world.stop();
});
