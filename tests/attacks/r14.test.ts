/**
 * R14, at the client: the upload of a 5 MB file is cut at every chunk and goes on over another connection.
 */
import { expect, test } from 'vitest';
import { uploadBlob } from '#lib/sync/blobs.ts';
import { sealedFile } from '../helpers/tools/sealed-file.ts';
import { syncWorld, type SyncWorld } from '../helpers/worlds/sync-world.ts';

const FIVE_MEGABYTES = 5_000_000;
const PUT_CHUNK = 0x0b;
/** Of a put-chunk message: type, request number, topic, blob, then the index. */
const INDEX_AT = 1 + 4 + 32 + 32;

const indexOf = (message: Uint8Array) => message[INDEX_AT]! * 256 + message[INDEX_AT + 1]!;

async function upload(world: SyncWorld) {
  const sealed = await sealedFile(FIVE_MEGABYTES, world.random.fork('file'));
  const { blob, chunks, manifest } = sealed;
  const progress: number[] = [];
  const { topic } = world.keys;
  const laptop = world.device();
  let done: Awaited<ReturnType<typeof uploadBlob>> | undefined;
  void uploadBlob({
    topic,
    blob,
    total: manifest.chunks,
    chunk: async (index) => chunks[index],
    sessionFor: (topic, signal) => laptop.engine.sessionFor(topic, signal),
    clock: world.clock,
    random: world.random,
    onProgress: (count) => progress.push(count),
  }).then((result) => (done = result));
  await world.clock.until(() => done !== undefined, 24 * 3_600_000);
  expect(done).toEqual({ ok: true, value: undefined });
  return { sealed, progress };
}

async function atRelay({ relay, keys }: SyncWorld, blob: Uint8Array<ArrayBuffer>, total: number) {
  const topic = (await relay.store.findTopic(keys.topic))!;
  const stored = new Map<number, Uint8Array<ArrayBuffer>>();
  for (let index = 0; index < total; index++) {
    const chunk = await relay.store.getChunk(topic, blob, index);
    if (chunk) stored.set(index, chunk);
  }
  return { stored, usage: await relay.store.usage(topic) };
}

test.each([
  ['on its way to the relay', 'up'],
  ['when its acknowledgement is on its way back', 'down'],
] as const)('R14: Alice uploads a 5 MB file, and the line breaks at each chunk, %s', async (_, when) => {
  const world = syncWorld(`r14 ${when}`);
  const cutAt = new Set<number>();
  let sent = 0;
  world.network.tap = (direction, message) => {
    if (direction !== 'up' || message[0] !== PUT_CHUNK) return true;
    sent++;
    const index = indexOf(message);
    if (cutAt.has(index)) return true;
    cutAt.add(index);
    if (when === 'up') world.network.cutAll();
    else world.clock.setTimer(60, () => world.network.cutAll()); // stored by then, or just about
    return when === 'down';
  };
  const { sealed, progress } = await upload(world);
  const total = sealed.manifest.chunks;

  expect(cutAt.size).toBe(total);
  expect(sent).toBeLessThanOrEqual(total * 5); // a cut costs at most the window
  expect(progress.at(-1)).toBe(total);
  const { stored, usage } = await atRelay(world, sealed.blob, total);
  expect(usage.blobs).toBe(1);
  expect(usage.blobBytes).toBe(sealed.chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  expect(await sealed.open(stored)).toBe('file');
  world.stop();
});

test('R14: an upload that is started again in another session sends only what is not there', async () => {
  const world = syncWorld('r14 again');
  const first = await upload(world);
  let sent = 0;
  world.network.tap = (direction, message) => {
    if (direction === 'up' && message[0] === PUT_CHUNK) sent++;
    return true;
  };
  const phone = world.device();
  let done: unknown;
  void uploadBlob({
    topic: world.keys.topic,
    blob: first.sealed.blob,
    total: first.sealed.manifest.chunks,
    chunk: async (index) => first.sealed.chunks[index],
    sessionFor: (topic, signal) => phone.engine.sessionFor(topic, signal),
    clock: world.clock,
    random: world.random,
  }).then((result) => (done = result));
  await world.clock.until(() => done !== undefined);
  expect([done, sent]).toEqual([{ ok: true, value: undefined }, 0]);
  world.stop();
});
