/** Following a topic at a relay that goes back in time before our cursor has followed what it had acknowledged or shown. */
import { expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';
import { followTopic, type TopicFollower } from './follow.ts';
import type { RelaySession } from './relay-session.ts';
import type { Credential, Cursor, Syncable } from './syncable.ts';

const TOPIC = new Uint8Array(32);
const [OLD, LOST, OTHER, LATER] = [1, 2, 3, 4].map((byte) => Uint8Array.of(byte)) as [
  Bytes,
  Bytes,
  Bytes,
  Bytes,
];

/** A relay that has these frames under these cursors. */
function relayWith(frames: ReadonlyMap<number, Bytes>): RelaySession {
  const all = () =>
    [...frames].map(([cursor, frame]) => ({ cursor, frame, id: sha256(frame), doomed: false }));
  const answers: Record<string, (asked: never) => unknown> = {
    open: () => ({ type: 'opened', last: Math.max(0, ...frames.keys()) }),
    subscribe: () => ({ type: 'done' }),
    list: ({ since, limit, bodies }: { since: number; limit: number; bodies: boolean }) => ({
      type: bodies ? 'page' : 'index',
      more: false,
      entries: all()
        .filter(({ cursor }) => cursor > since)
        .slice(0, limit),
    }),
    get: ({ ids }: { ids: readonly Bytes[] }) => ({
      type: 'page',
      more: false,
      entries: all().filter(({ id }) => ids.some((one) => hex(one) === hex(id))),
    }),
  };
  const ask = (asked: { type: string }) => Promise.resolve(ok(answers[asked.type]!(asked as never)));
  return { nonce: TOPIC, origin: '', ask, probe: () => {}, close: () => {} } as unknown as RelaySession;
}

/** A device that has taken in the first frame, and whose cursor stands there. */
function device(clock = fakeClock()) {
  const held = new Map([[hex(sha256(OLD)), OLD]]);
  const again: string[] = [];
  let cursor: Cursor = { after: 1, frame: sha256(OLD) };
  const space = {
    cursor: () => cursor,
    wantsHistory: () => false,
    receive(batch: readonly { bytes: Bytes }[], { upTo }: { upTo?: Cursor } = {}) {
      for (const { bytes } of batch) held.set(hex(sha256(bytes)), bytes);
      if (upTo) cursor = { after: upTo.after, frame: upTo.frame };
      return Promise.resolve(ok());
    },
    reconcile(_topic: Bytes, ids: readonly Bytes[]) {
      const listed = ids.map(hex);
      again.push(...[...held.keys()].filter((id) => !listed.includes(id)));
      return Promise.resolve(ok({ wanted: ids.filter((id) => !held.has(hex(id))) }));
    },
  } as unknown as Syncable;
  const follower = followTopic({
    ...{ space, topic: TOPIC, doomed: false, clock, frameId: sha256 },
    onArrival: () => {},
  });
  return {
    clock,
    follower,
    held: () => [...held.values()],
    again,
    write: (frame: Bytes) => held.set(hex(sha256(frame)), frame),
  };
}

const credential = {
  role: 'writer',
  key: TOPIC,
  sign: () => Promise.resolve(TOPIC),
} as unknown as Credential;
const start = (follower: TopicFollower, frames: readonly (readonly [number, Bytes])[]) =>
  follower.start(relayWith(new Map(frames)), credential);

test('R16: what was acknowledged a moment ago is gone, and another frame has its cursor: found out, and put right', async () => {
  const { follower, held, again, write } = device();
  await start(follower, [[1, OLD]]);
  write(LOST);
  follower.acknowledged(2, sha256(LOST));
  follower.stop();
  await start(follower, [
    [1, OLD],
    [2, OTHER],
  ]);
  expect(again).toEqual([hex(sha256(LOST))]);
  expect(held()).toContain(OTHER);
  follower.stop();
});

test('R16: what was shown a moment ago is gone, and another frame has its cursor: found out, and put right', async () => {
  const { follower, held, again } = device();
  await start(follower, [[1, OLD]]);
  follower.events([{ cursor: 2, frame: LOST }]);
  await start(follower, [
    [1, OLD],
    [2, OTHER],
  ]);
  expect(again).toEqual([hex(sha256(LOST))]);
  expect(held()).toContain(OTHER);
  follower.stop();
});

test('R16: what is gone stood before what our cursor has not followed yet', async () => {
  const { follower, held, again } = device();
  await start(follower, [[1, OLD]]);
  follower.events([{ cursor: 5, frame: LATER }]);
  await start(follower, [
    [1, OTHER],
    [5, LATER],
  ]);
  expect(again).toEqual([hex(sha256(OLD))]);
  expect(held()).toContain(OTHER);
  follower.stop();
});

test('C01: on a connection that stands, another frame is listed under the cursor of what was acknowledged', async () => {
  const { clock, follower, held, again, write } = device();
  const shown = new Map([[1, OLD]]);
  await follower.start(relayWith(shown), credential);
  write(LOST);
  follower.acknowledged(2, sha256(LOST));
  shown.set(2, OTHER);
  await clock.advance(3_000);
  expect(again).toEqual([hex(sha256(LOST))]);
  expect(held()).toContain(OTHER);
  follower.stop();
});

test('what was acknowledged and shown, and is there, is neither sent again nor fetched', async () => {
  const { clock, follower, held, again, write } = device();
  const shown = new Map([[1, OLD]]);
  await follower.start(relayWith(shown), credential);
  write(LOST);
  for (const [cursor, frame] of [
    [2, LOST],
    [3, LATER],
  ] as const)
    shown.set(cursor, frame);
  follower.acknowledged(2, sha256(LOST));
  follower.events([{ cursor: 3, frame: LATER }]);
  await clock.advance(3_000);
  await follower.start(relayWith(shown), credential);
  expect([again, held()]).toEqual([[], [OLD, LOST, LATER]]);
  follower.stop();
});
