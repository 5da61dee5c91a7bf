import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { frameIn, nameOfFrame, Packs, type PackedFrame } from './packs.ts';
import { PackIndex } from './pack-index.ts';
import { openDatabase } from './schema.ts';
import { Seen } from './seen.ts';

function framesFrom(random: SeededRandom, first: number, count: number): PackedFrame[] {
  return Array.from({ length: count }, (_, i) => {
    const frame = random(random.chance(0.02) ? 30_000 : 1 + random.int(200));
    return { cursor: first + i, at: 1_800_000_000_000 + i, name: nameOfFrame(frame), frame };
  });
}

interface Found extends PackedFrame {
  readonly doomed: boolean;
}

function framesOf(packs: Packs, topic: number, since: number, doomed: boolean): Found[] {
  const found: Found[] = [];
  for (let pack = packs.next(topic, since, doomed); pack; pack = packs.next(topic, pack.last, doomed)) {
    const { index } = pack;
    const [body, offsets] = [packs.body(pack), index.offsets()];
    for (let i = index.firstAbove(since); i < index.count; i++) {
      const isDoomed = index.isDoomed(i);
      if (isDoomed && !doomed) continue;
      const frame = frameIn(body, offsets, i);
      found.push({ cursor: index.cursor(i), at: index.at(i), name: index.name(i), frame, doomed: isDoomed });
    }
  }
  return found;
}

function numberOfPacks(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS count FROM pack').get()?.['count']);
}

describe('packs', () => {
  test.each([1, 2, 3, 4])(
    'any history of entering, dooming and keeping leaves the frames of a plain list, in order, seed %i',
    (seed) => {
      const random = seededRandom(seed);
      const packs = new Packs(openDatabase(':memory:'));
      const model = new Map<number, PackedFrame & { due: number }>();
      let next = 1;
      for (let step = 0; step < 60; step++) {
        const alive = [...model.values()];
        const some = new Set(
          random
            .shuffle(alive)
            .slice(0, random.int(60))
            .map(({ name }) => name),
        );
        const action = random.int(5);
        if (action < 2) {
          const added = framesFrom(random, next, 1 + random.int(random.chance(0.2) ? 700 : 20));
          next += added.length + random.int(3);
          packs.append(7, added);
          for (const frame of added) model.set(frame.cursor, { ...frame, due: 0 });
        } else if (action === 4) {
          const now = 1000 + random.int(step);
          const gone = alive.filter(({ due }) => due > 0 && due <= now);
          let [frames, bytes] = [0, 0];
          for (let erased = packs.eraseDue(now); erased; erased = packs.eraseDue(now)) {
            expect(erased.topic).toBe(7);
            frames += erased.frames;
            bytes += erased.bytes;
          }
          expect(frames).toBe(gone.length);
          expect(bytes).toBe(gone.reduce((sum, { frame }) => sum + frame.length, 0));
          for (const { cursor } of gone) model.delete(cursor);
        } else {
          const due = action === 2 ? 1000 + step : 0;
          packs.setDue(7, [...some], due);
          for (const frame of alive) {
            const isDoomed = frame.due > 0;
            if (some.has(frame.name) && isDoomed !== due > 0) model.set(frame.cursor, { ...frame, due });
          }
        }
        const since = random.int(next);
        for (const doomed of [true, false]) {
          const expected = [...model.values()]
            .filter((frame) => frame.cursor > since && (doomed || frame.due === 0))
            .sort((a, b) => a.cursor - b.cursor);
          const found = framesOf(packs, 7, since, doomed);
          expect(found.map(({ cursor }) => cursor)).toEqual(expected.map(({ cursor }) => cursor));
          expect(
            found.every(({ frame }, i) => Buffer.compare(frame, expected[i]?.frame ?? frame) === 0),
          ).toBe(true);
          expect(found.map((frame) => frame.doomed)).toEqual(expected.map(({ due }) => due > 0));
          expect(found.map(({ at }) => at)).toEqual(expected.map(({ at }) => at));
        }
        expect(packs.countDoomed(7, 0, 1_000).doomed).toBe(
          [...model.values()].filter(({ due }) => due > 0).length,
        );
        const found = [...some].flatMap((name) => {
          const place = packs.find(7, name);
          return place ? [place.pack.index.cursor(place.i)] : [];
        });
        const wanted = [...model.values()].filter(({ name }) => some.has(name)).map(({ cursor }) => cursor);
        expect(found.sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
      }
      expect(packs.highest(7)).toBe(Math.max(0, ...model.keys()));
      expect(packs.next(8, 0, true)).toBeNull();
      for (let left = packs.eraseOne(7); left !== null;) left = packs.eraseOne(7);
      expect(packs.next(7, 0, true)).toBeNull();
    },
  );

  test('frames that come one at a time end up in few packs', () => {
    const random = seededRandom('few');
    const db = openDatabase(':memory:');
    const packs = new Packs(db);
    for (let i = 0; i < 1_000; i++) {
      const frame = random(100);
      packs.append(1, [{ cursor: i + 1, at: 1, name: nameOfFrame(frame), frame }]);
    }
    expect(numberOfPacks(db)).toBeLessThan(10);
  });

  test('a pack is neither long nor large, unless a single frame is', () => {
    const db = openDatabase(':memory:');
    const packs = new Packs(db);
    const frame = (size: number, cursor: number) => {
      const body = new Uint8Array(size).fill(cursor);
      return { cursor, at: 1, name: nameOfFrame(body), frame: body };
    };
    packs.append(1, [frame(1_048_576, 1), frame(200_000, 2), frame(200_000, 3), frame(10, 4)]);
    const sizes = db
      .prepare('SELECT size FROM pack ORDER BY last')
      .all()
      .map(({ size }) => size);
    expect(sizes).toEqual([1_048_576, 200_000, 200_010]);
  });
});

test('two ids that begin alike are told apart, and each goes without the other', () => {
  const packs = new Packs(openDatabase(':memory:'));
  const name = (end: string) => `\u0001\u0002\u0003\u0004\u0005\u0006${'\u0000'.repeat(25)}${end}`;
  const frame = (cursor: number, end: string) => ({
    cursor,
    at: 1,
    name: name(end),
    frame: new Uint8Array([cursor]),
  });
  packs.append(1, [frame(1, 'a'), frame(2, 'b')]);
  packs.append(1, [frame(3, 'c')]);
  packs.setDue(1, [name('a')], 10);
  packs.eraseDue(10);
  const cursors = ['a', 'b', 'c', 'd'].map((end) => {
    const place = packs.find(1, name(end));
    return place?.pack.index.cursor(place.i);
  });
  expect(cursors).toEqual([undefined, 2, 3, undefined]);
});

test('the filter never denies what it was told, and seldom guesses wrong', () => {
  const random = seededRandom('seen');
  const seen = new Seen(2_000);
  const names = Array.from({ length: 4_000 }, () => nameOfFrame(random(32)));
  for (const name of names) seen.add(name);
  expect(names.every((name) => seen.mayHave(name))).toBe(true);
  const wrong = Array.from({ length: 20_000 }, () => nameOfFrame(random(32))).filter((name) =>
    seen.mayHave(name),
  ).length;
  expect(wrong).toBeLessThan(100);
  expect(seen.isFull).toBe(true);
  const places = names.map((name, i) => ({ cursor: i + 1, at: 1, name, length: 1 }));
  const again = new Seen(4_000);
  again.addAll(PackIndex.of(places));
  expect(names.every((name) => again.mayHave(name))).toBe(true);
  expect(again.mayHave(nameOfFrame(random(32)))).toBe(false);
});
