import { describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CHUNK } from '#lib/protocol/limits.ts';
import { hasChunk } from '#lib/protocol/relay.ts';
import {
  idOf,
  relayWorld,
  type Person,
  type RelayWorld,
  type TopicKeys,
} from '../helpers/worlds/relay-world.ts';

/** A file of 5 MB, sealed: 79 chunks, the last one short. */
const TOTAL = 79;

function sealedFile(seed: number): Bytes[] {
  return Array.from({ length: TOTAL }, (_, i) =>
    new Uint8Array(i === TOTAL - 1 ? 12_345 : CHUNK).fill((seed + i * 7) & 0xff),
  );
}

describe('R14: an upload that is cut and goes on elsewhere (the relay’s half)', () => {
  async function upload() {
    const world = relayWorld({ limits: { unfinishedMs: 3_600_000 } });
    const keys = world.keysOf();
    const alice = world.connect();
    await alice.answer(alice.create(keys));
    return { world, keys, blob: world.random(32), chunks: sealedFile(3) };
  }

  /** Another network: a connection of its own, which knows nothing but what the relay tells. */
  async function reconnect(world: RelayWorld, keys: TopicKeys): Promise<Person> {
    const alice = world.connect();
    await alice.answer(alice.open(keys, 'writer'));
    return alice;
  }

  async function missing(alice: Person, keys: TopicKeys, blob: Bytes): Promise<number[]> {
    const stat = await alice.answer(alice.ask({ type: 'blob-stat', topic: keys.topic, blob }));
    if (stat.type !== 'blob') throw new Error('no answer about the blob');
    return Array.from({ length: TOTAL }, (_, i) => i).filter((i) => !hasChunk(stat.have, i));
  }

  function put(alice: Person, keys: TopicKeys, blob: Bytes, chunks: readonly Bytes[], index: number): number {
    const bytes = chunks[index] ?? new Uint8Array(1);
    return alice.ask({ type: 'put-chunk', topic: keys.topic, blob, index, total: TOTAL, bytes });
  }

  async function expectWhole(world: RelayWorld, keys: TopicKeys, blob: Bytes, chunks: readonly Bytes[]) {
    const bob = await reconnect(world, keys);
    expect(await missing(bob, keys, blob)).toEqual([]);
    for (const [index, chunk] of chunks.entries()) {
      const got = await bob.answer(bob.ask({ type: 'get-chunk', topic: keys.topic, blob, index }));
      expect(got.type === 'chunk' && Buffer.compare(idOf(got.bytes), idOf(chunk))).toBe(0);
    }
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const usage = bob.ask({ type: 'usage', topic: keys.topic });
    expect(await bob.answer(usage)).toMatchObject({ blobs: 1, blobBytes: size });
  }

  test('R14: cut after every single chunk, before its acknowledgement, each time on a new connection', async () => {
    const { world, keys, blob, chunks } = await upload();
    for (let sent = 0; sent < TOTAL; sent++) {
      const alice = await reconnect(world, keys);
      const [next] = await missing(alice, keys, blob);
      expect(next).toBe(sent);
      put(alice, keys, blob, chunks, sent);
      world.relay.forget(alice.session);
      await world.clock.advance(10);
    }
    await expectWhole(world, keys, blob, chunks);
  });

  test('R14: cut at each chunk of a running upload, and gone on with what is missing', async () => {
    for (let cut = 0; cut < TOTAL; cut += 6) {
      const { world, keys, blob, chunks } = await upload();
      const first = await reconnect(world, keys);
      for (let i = 0; i < cut; i++) {
        const req = put(first, keys, blob, chunks, i);
        if (i % 3 === 0) await first.answer(req);
      }
      world.relay.forget(first.session);
      const second = await reconnect(world, keys);
      await world.clock.advance(10);
      const rest = await missing(second, keys, blob);
      for (const index of rest) put(second, keys, blob, chunks, index);
      await world.clock.until(async () => (await missing(second, keys, blob)).length === 0);
      await expectWhole(world, keys, blob, chunks);
    }
  });

  test('R14: a chunk sent twice is kept once, and other bytes in its place are refused', async () => {
    const { world, keys, blob, chunks } = await upload();
    const alice = await reconnect(world, keys);
    for (const index of [5, 5]) {
      expect((await alice.answer(put(alice, keys, blob, chunks, index))).type).toBe('done');
    }
    const other = put(alice, keys, blob, sealedFile(4), 5);
    expect(await alice.answer(other)).toMatchObject({ type: 'error', code: 'conflict' });
    const usage = alice.ask({ type: 'usage', topic: keys.topic });
    expect(await alice.answer(usage)).toMatchObject({ blobs: 1, blobBytes: CHUNK });
  });

  test('R14: an upload that nobody goes on with leaves no orphan, one that somebody does is spared', async () => {
    const { world, keys, blob, chunks } = await upload();
    const abandoned = world.random(32);
    const alice = await reconnect(world, keys);
    await alice.answer(put(alice, keys, blob, chunks, 0));
    await alice.answer(put(alice, keys, abandoned, chunks, 0));
    await world.clock.advance(3_000_000);
    await alice.answer(put(alice, keys, blob, chunks, 1));
    await world.clock.advance(1_000_000);
    expect(await missing(alice, keys, abandoned)).toHaveLength(TOTAL);
    expect(await missing(alice, keys, blob)).toHaveLength(TOTAL - 2);
    const usage = alice.ask({ type: 'usage', topic: keys.topic });
    expect(await alice.answer(usage)).toMatchObject({ blobs: 1, blobBytes: 2 * CHUNK });
    for (let i = 2; i < TOTAL; i++) await alice.answer(put(alice, keys, blob, chunks, i));
    await world.clock.advance(10 * 3_600_000);
    await expectWhole(world, keys, blob, chunks);
  });
});
