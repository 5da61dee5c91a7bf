import { expect, test } from 'vitest';
import type { Result } from '#lib/bytes/result.ts';
import { CHUNK } from '#lib/protocol/limits.ts';
import { StorageFailure } from '#lib/storage/storage.ts';
import { syncWorld } from '../../../tests/helpers/worlds/sync-world.ts';
import { uploadBlob, type BlobError, type Upload } from './blobs.ts';
import type { SyncProblem } from './problem.ts';

const TOTAL = 6;

async function setting(seed: string) {
  const world = syncWorld(seed);
  const laptop = world.device();
  await world.clock.until(world.converged);
  const blob = world.random(32);
  const chunks = Array.from({ length: TOTAL }, () => world.random(CHUNK));
  const upload = async (changes: Partial<Upload> = {}) => {
    let done: Result<void, BlobError> | undefined;
    void uploadBlob({
      topic: world.keys.topic,
      blob,
      total: TOTAL,
      chunk: async (index) => chunks[index],
      sessionFor: (topic, signal) => laptop.engine.sessionFor(topic, signal),
      clock: world.clock,
      random: world.random,
      ...changes,
    }).then((result) => (done = result));
    await world.clock.until(() => done !== undefined);
    return done;
  };
  return { world, laptop, upload };
}

test('tells how far it is, from nothing to all', async () => {
  const { world, upload } = await setting('progress');
  const seen: string[] = [];
  expect(await upload({ onProgress: (done, total) => seen.push(`${done}/${total}`) })).toMatchObject({
    ok: true,
  });
  expect(seen).toEqual(['0/6', '1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  world.stop();
});

test('a relay that is full is waited for, and said to be full while it is', async () => {
  const { world, upload } = await setting('full');
  world.relay.interpose({ putChunk: async () => ({ ok: false, error: { type: 'storage-full' } }) });
  world.clock.setTimer(600_000, () => world.relay.interpose({}));
  const problems: (SyncProblem | null)[] = [];
  expect(await upload({ onProblem: (problem) => problems.push(problem) })).toMatchObject({ ok: true });
  expect(problems.length).toBeGreaterThan(4);
  expect(new Set(problems)).toEqual(new Set(['relay-full', null]));
  expect(problems.at(-1)).toBeNull();
  world.stop();
});

test('what the relay will never take, and what our disk cannot read, end it by name', async () => {
  const { world, upload } = await setting('refusals');
  await upload();
  expect(await upload({ total: TOTAL + 1 })).toEqual({
    ok: false,
    error: { type: 'relay-refuses', code: 'conflict' },
  });
  const other = await upload({ blob: world.random(32), chunk: async () => undefined });
  expect(other).toEqual({ ok: false, error: { type: 'disk' } });
  const broken = await upload({
    blob: world.random(32),
    chunk: () => Promise.reject(new StorageFailure({ type: 'unavailable' })),
  });
  expect(broken).toEqual({ ok: false, error: { type: 'disk' } });
  world.stop();
});

test('cancelling ends it, while it sends as while it waits', async () => {
  const { world, laptop, upload } = await setting('cancel');
  const sending = new AbortController();
  world.clock.setTimer(80, () => sending.abort());
  expect(await upload({ signal: sending.signal })).toEqual({ ok: false, error: { type: 'cancelled' } });
  world.relay.interpose({ putChunk: async () => ({ ok: false, error: { type: 'unavailable' } }) });
  const waiting = new AbortController();
  world.clock.setTimer(5_000, () => waiting.abort());
  expect(await upload({ signal: waiting.signal })).toEqual({ ok: false, error: { type: 'cancelled' } });
  laptop.engine.stop();
  expect(await upload()).toEqual({ ok: false, error: { type: 'cancelled' } });
});
