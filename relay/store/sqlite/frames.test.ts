import { expect, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { UNPACED, type Pace } from '../pace.ts';
import { Frames } from './frames.ts';
import { nameOfFrame } from './packs.ts';
import { openDatabase } from './schema.ts';
import { TopicState } from './topics.ts';

const random = seededRandom('frames');
const ALL = { since: 0, limit: 2_000, doomed: true };

/** A topic with frames of these sizes, each in the database. */
function topicOf(sizes: readonly number[]) {
  const db = openDatabase(':memory:');
  const frames = new Frames(db);
  const none = new Uint8Array(32);
  const topic = new TopicState({ n: 1, id: none, write_key: none, delete_key: none, frames: sizes.length });
  const bodies = sizes.map((size) => random(size));
  frames.packs.append(
    1,
    bodies.map((frame, i) => ({ cursor: i + 1, at: 1, name: nameOfFrame(frame), frame })),
  );
  return { db, frames, topic, bodies, ids: bodies.map(idOf) };
}

function idOf(frame: Bytes): Bytes {
  return new Uint8Array(Buffer.from(nameOfFrame(frame), 'latin1'));
}

/** What pieces of work cost. */
function scales() {
  const costs = [0];
  const pace: Pace = {
    spend: (cost) => void (costs[costs.length - 1]! += cost),
    rest: () => void costs.push(0),
  };
  return { pace, total: () => costs.reduce((sum, cost) => sum + cost, 0), largest: () => Math.max(...costs) };
}

test('ids and sizes are answered although not a frame can be read', async () => {
  const { db, frames, topic, ids } = topicOf([200_000, 10, 70_000, 3]);
  db.exec('DELETE FROM body');
  const { entries } = await frames.index(topic, ALL, UNPACED);
  expect(entries.map(({ id }) => id)).toEqual(ids);
  expect(entries.map(({ size }) => size)).toEqual([200_000, 10, 70_000, 3]);
});

test('a frame is fetched by its id without a look at any other pack, and an absent one without a look at all', async () => {
  const { db, frames, topic, bodies, ids } = topicOf(Array(40).fill(100_000) as number[]);
  const home = frames.packs.find(1, nameOfFrame(bodies[21]!))?.pack.n ?? 0;
  db.exec(`UPDATE pack SET ids = x'00' WHERE n <> ${home}; DELETE FROM body WHERE n <> ${home}`);
  const [next, read] = [vi.spyOn(frames.packs, 'next'), vi.spyOn(frames.packs, 'read')];
  const [found, ...others] = await frames.get(topic, [random(32), ids[21]!, random(32)], UNPACED);
  expect(next).not.toHaveBeenCalled();
  expect(read.mock.calls).toEqual([[1, home]]);
  expect(found?.frame).toEqual(bodies[21]);
  expect(others).toEqual([]);
});

test('what a read costs goes by what it reads: ids of large frames are cheap, the frames are not', async () => {
  const { frames, topic, ids } = topicOf(Array(60).fill(100_000) as number[]);
  const [index, list, get] = [scales(), scales(), scales()];
  await frames.index(topic, ALL, index.pace);
  await frames.list(topic, ALL, list.pace);
  expect(index.total()).toBeLessThan(500);
  expect(list.total()).toBeGreaterThan(1_000);
  await frames.get(topic, ids.slice(0, 10), get.pace);
  expect(get.total()).toBeGreaterThan(1_000);
});

test('however much is asked for, it is done in pieces, none of which costs more than a large frame', async () => {
  const { frames, topic, ids } = topicOf([...(Array(1_500).fill(300) as number[]), 1_048_576, 1_000_000]);
  const absent = Array.from({ length: 1_000 }, () => random(32));
  for (const ask of [
    (pace: Pace) => frames.index(topic, ALL, pace),
    (pace: Pace) => frames.list(topic, ALL, pace),
    (pace: Pace) => frames.get(topic, ids.slice(-1_000), pace),
    (pace: Pace) => frames.get(topic, absent, pace),
    (pace: Pace) => frames.countDoomed(topic, pace),
  ]) {
    const { pace, total, largest } = scales();
    await ask(pace);
    expect(total()).toBeGreaterThan(0);
    expect(largest()).toBeLessThan(5_000);
  }
});

test('frames that lie scattered are answered some at a time, and asking again for the rest ends', async () => {
  const { frames, topic, ids } = topicOf(
    Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 10 + i : 250_000)),
  );
  const wanted = ids.filter((_, i) => i % 2 === 0);
  const found: Bytes[] = [];
  let asked = 0;
  for (let rest = wanted; rest.length > 0; asked++) {
    const { pace, total } = scales();
    const answer = await frames.get(topic, rest, pace);
    expect(answer.length).toBeGreaterThan(0);
    expect(total()).toBeLessThan(25_000);
    found.push(...answer.map(({ frame }) => frame));
    const here = new Set(answer.map(({ frame }) => nameOfFrame(frame)));
    rest = rest.filter((id) => !here.has(Buffer.from(id).toString('latin1')));
  }
  expect(found).toHaveLength(40);
  expect(asked).toBeGreaterThan(1);
});

test('a page that is read piece by piece misses no frame that enters the database meanwhile', async () => {
  const { frames, topic, bodies } = topicOf(Array(600).fill(200) as number[]);
  const late = random(50);
  const pending = {
    ...{ cursor: 601, fresh: true, stored: Promise.resolve(null), at: 1, frame: late, topic },
    name: nameOfFrame(late),
  };
  topic.pending = new Map([[pending.name, pending]]);
  let rests = 0;
  const pace: Pace = {
    spend: () => undefined,
    rest: () => {
      if (++rests === 2) {
        frames.enter(topic);
        topic.pending = null;
      }
      return Promise.resolve();
    },
  };
  const { entries, more } = await frames.list(topic, ALL, pace);
  expect(more).toBe(false);
  expect(entries.map(({ frame }) => frame)).toEqual([...bodies, late]);
});
