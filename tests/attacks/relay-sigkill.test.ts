import { afterEach, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { CHUNK } from '#lib/protocol/limits.ts';
import { hasChunk } from '#lib/protocol/relay.ts';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { times } from '../helpers/tools/depth.ts';
import { RelayClient } from '../helpers/worlds/relay-client.ts';
import { idOf, topicKeys, type TopicKeys } from '../helpers/worlds/relay-world.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';

/** Each kill meets some hundred frames on their way; the thorough run makes sure of the rarer moments. */
const KILLS = times(6, 20);

/** Another seed: SIGKILL_SEED=… npx vitest run tests/attacks/relay-sigkill.test.ts */
const SEED = Number(process.env['SIGKILL_SEED'] ?? 20_261_123);

let server: CarnetProcess | null = null;
afterEach(async () => {
  await server?.remove();
});

/** What the relay has given its word for. */
interface Promises {
  readonly frames: Map<string, number>;
  readonly chunks: { readonly blob: Bytes; readonly index: number }[];
}

test(
  `${KILLS} × SIGKILL of the relay at work: no acknowledged frame or chunk is lost, seed ${SEED}`,
  { timeout: 240_000 },
  async () => {
    const random = seededRandom(SEED);
    const keys = topicKeys(random);
    const promises: Promises = { frames: new Map(), chunks: [] };
    // The authority is no part of this: elsewhere, it starts nothing here.
    server = await carnetProcess({ AUTHORITY_URL: 'http://127.0.0.1:9' });
    const first = await RelayClient.connect(server.url);
    await first.answer(first.create(keys));
    await first.close();

    for (let kill = 0; kill < KILLS; kill++) {
      await workUntilKilled(server, keys, promises, random);
      await server.start();
      await expectKept(server, keys, promises, `kill ${kill}, seed ${SEED}`);
    }
    expect(promises.frames.size).toBeGreaterThan(KILLS * 5);
    expect(promises.chunks.length).toBeGreaterThan(KILLS);
  },
);

async function workUntilKilled(
  running: CarnetProcess,
  keys: TopicKeys,
  promises: Promises,
  random: SeededRandom,
): Promise<void> {
  const alice = await RelayClient.connect(running.url);
  await alice.answer(alice.open(keys, 'writer'));
  const frameByReq = new Map<number, Bytes>();
  const chunkByReq = new Map<number, { blob: Bytes; index: number }>();
  const blob = random(32);
  const write = () => {
    for (let i = random.int(20); i >= 0; i--) {
      const frame = random(30 + random.int(random.chance(0.05) ? 50_000 : 500));
      frameByReq.set(alice.put(keys, frame), frame);
    }
    if (random.chance(0.5) && chunkByReq.size < 200) {
      const index = chunkByReq.size;
      const bytes = new Uint8Array(CHUNK).fill(index);
      chunkByReq.set(alice.ask({ type: 'put-chunk', topic: keys.topic, blob, index, total: 256, bytes }), {
        blob,
        index,
      });
    }
  };

  const writing = setInterval(write, 1 + random.int(8));
  await new Promise((resolve) => setTimeout(resolve, 20 + random.int(250)));
  // A busy machine may not have come to it yet.
  const hasPromised = () =>
    alice.acknowledged().size > 10 &&
    alice.replies.some(
      ({ type, ...reply }) => type === 'done' && 'req' in reply && chunkByReq.has(reply.req),
    );
  await alice.until(hasPromised);
  await running.kill('SIGKILL');
  clearInterval(writing);
  await alice.until(() => alice.closedWith !== null);

  for (const [req, cursor] of alice.acknowledged()) {
    const frame = frameByReq.get(req);
    if (frame) promises.frames.set(hex(idOf(frame)), cursor);
  }
  for (const reply of alice.replies) {
    const chunk = reply.type === 'done' ? chunkByReq.get(reply.req) : undefined;
    if (chunk) promises.chunks.push(chunk);
  }
}

async function expectKept(
  running: CarnetProcess,
  keys: TopicKeys,
  promises: Promises,
  when: string,
): Promise<void> {
  const bob = await RelayClient.connect(running.url);
  const opened = await bob.answer(bob.open(keys, 'writer'));
  const cursorById = new Map<string, number>();
  let since = 0;
  for (let more = true; more;) {
    const list = bob.ask({ type: 'list', topic: keys.topic, since, limit: 1000, bodies: true, doomed: true });
    const page = await bob.answer(list);
    if (page?.type !== 'page') throw new Error('the relay does not list');
    for (const { cursor, frame } of page.entries) cursorById.set(hex(idOf(frame)), cursor);
    since = page.entries.at(-1)?.cursor ?? since;
    more = page.more;
  }
  const lost = [...promises.frames].filter(([id, cursor]) => cursorById.get(id) !== cursor);
  expect(lost, when).toEqual([]);
  expect(opened).toMatchObject({ last: since });

  const haveByBlob = new Map<string, Bytes>();
  for (const { blob, index } of promises.chunks) {
    const have = haveByBlob.get(hex(blob)) ?? (await chunksOf(bob, keys, blob));
    haveByBlob.set(hex(blob), have);
    expect(hasChunk(have, index), `${when}, chunk ${index}`).toBe(true);
  }
  const last = promises.chunks.at(-1);
  if (last) {
    const got = await bob.answer(bob.ask({ type: 'get-chunk', topic: keys.topic, ...last }));
    expect(got?.type === 'chunk' && got.bytes.every((byte) => byte === last.index)).toBe(true);
  }
  await bob.close();
}

async function chunksOf(bob: RelayClient, { topic }: TopicKeys, blob: Bytes): Promise<Bytes> {
  const stat = await bob.answer(bob.ask({ type: 'blob-stat', topic, blob }));
  return stat?.type === 'blob' ? stat.have : new Uint8Array();
}
