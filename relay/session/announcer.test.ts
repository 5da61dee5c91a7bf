import { expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fakeClock } from '../../tests/helpers/tools/clock.ts';
import { Announcer } from './announcer.ts';
import type { Bus } from '../bus/bus.ts';
import type { StoreFailure, Topic } from '../store/store.ts';

const topic = { key: 'topic' } as Topic;
const author = {};
const frame: Bytes = new Uint8Array(1);

function world() {
  const clock = fakeClock();
  const published: number[] = [];
  const bus = { publish: (_: Topic, cursor: number) => published.push(cursor) } as unknown as Bus;
  const announcer = new Announcer(bus, clock);
  let cursor = 0;
  /** A commit that takes in so many puts; the answer settles it. */
  const commit = (puts: number, knowsCursors = true) => {
    const { promise: stored, resolve } = Promise.withResolvers<StoreFailure | null>();
    const batch = Array.from({ length: puts }, () => ({
      cursor: knowsCursors ? ++cursor : 0,
      fresh: true,
      stored,
    }));
    for (const put of batch) announcer.announce(topic, put, frame, author);
    return async (failure: StoreFailure | null = null) => {
      if (!knowsCursors) for (const put of batch) put.cursor = ++cursor;
      resolve(failure);
      await clock.settle();
    };
  };
  const load = () => commit(100);
  return { clock, published, commit, load };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test('a relay that has little to do shows a frame at once', async () => {
  const { published, commit } = world();
  for (let i = 0; i < 10; i++) {
    const settle = commit(3);
    expect(published).toEqual(upTo(3 * (i + 1)));
    await settle();
  }
});

test('under load a frame is shown when its commit is durable', async () => {
  const { published, commit, load } = world();
  const first = load();
  const second = commit(5);
  await first();
  expect(published).toEqual(upTo(100));
  await second();
  expect(published).toEqual(upTo(105));
});

test('load that is over delays nobody', async () => {
  const { clock, published, commit, load } = world();
  await load()();
  await clock.advance(1_000);
  commit(1);
  expect(published).toEqual(upTo(101));
});

test('frames come in the order of their cursors: what has to wait is not overtaken', async () => {
  const { published, commit, load } = world();
  await load()();
  const held = commit(2);
  const later = commit(1);
  expect(published).toEqual(upTo(100));
  await later();
  expect(published).toEqual(upTo(100));
  await held();
  expect(published).toEqual(upTo(103));
});

test('a disk that stalls does not keep the news from anybody', async () => {
  const { clock, published, commit, load } = world();
  await load()();
  const held = commit(4);
  await clock.advance(100);
  expect(published).toEqual(upTo(104));
  await held();
  expect(published).toEqual(upTo(104));
});

test('a frame that waited and was not stored is never shown, those after it are', async () => {
  const { published, commit, load } = world();
  await load()();
  const failing = commit(4);
  const next = commit(1);
  await failing('storage-full');
  await next();
  expect(published).toEqual([...upTo(100), 105]);
});

test('a store that learns the cursors with the commit is waited for, however slow', async () => {
  const { clock, published, commit } = world();
  const settle = commit(3, false);
  await clock.advance(10_000);
  expect(published).toEqual([]);
  await settle();
  expect(published).toEqual([1, 2, 3]);
});
