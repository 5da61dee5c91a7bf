/**
 * An acknowledgement means: on the disk. No process can see by itself what a power cut would take, so these tests watch
 * the calls that ask the disk, and the numbers that a run which was cut off may have shown.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { DEFAULT_LIMITS } from '../../bounds/limits.ts';
import { openSqliteStore } from '../sqlite.ts';
import type { Store, Topic } from '../store.ts';
import { Journal } from './journal.ts';
import { openDatabase } from './schema.ts';

type Synced = (error: Error | null) => void;

/** Syncs that were asked for and not answered; null lets the disk answer by itself. */
const disk = vi.hoisted(() => ({ asked: null as { fd: number; answer: Synced }[] | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fdatasync = (fd: number, answer: Synced) =>
    disk.asked ? void disk.asked.push({ fd, answer }) : real.fdatasync(fd, answer);
  return { ...real, fdatasync };
});

const random = seededRandom('durability');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-durability-'));
});
afterEach(() => {
  disk.asked = null;
  rmSync(folder, { recursive: true });
});

describe('R05: the journal', () => {
  const record = () => ({ topic: { n: 1 }, cursor: 1, at: 0, frame: random(40) });
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  function journal(): Journal {
    const opened = Journal.open(join(folder, 'relay.journal'));
    opened.begin(1);
    disk.asked = [];
    return opened;
  }

  test('says that a batch is there when the disk has said so, and not before', async () => {
    const opened = journal();
    let said = false;
    const appended = opened.append([record()]).then(() => (said = true));
    await turn();
    expect([disk.asked?.length, said]).toEqual([1, false]);
    disk.asked?.[0]?.answer(null);
    await appended;
    opened.close();
  });

  test('fails with the disk, and the batch does not count', async () => {
    const opened = journal();
    const appended = opened.append([record()]);
    disk.asked?.[0]?.answer(new Error('EIO'));
    await expect(appended).rejects.toThrow('EIO');
    const next = opened.append([{ ...record(), cursor: 2 }]);
    disk.asked?.[1]?.answer(null);
    await next;
    opened.close();
    const again = Journal.open(join(folder, 'relay.journal'));
    expect(again.replay(0).map(({ cursor }) => cursor)).toEqual([2]);
    again.close();
  });
});

test('R05: the database asks the disk at every commit', () => {
  const db = openDatabase(join(folder, 'relay.db'));
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 }); // FULL
  db.close();
});

describe('cursors that were shown', () => {
  const id = random(32);

  async function topicIn(store: Store): Promise<Topic> {
    const there = await store.findTopic(id);
    if (there) return there;
    const keys = { writeKey: id, deleteKey: id, openToReaders: false, expiresAt: 0 };
    const created = await store.createTopic({ id, ...keys });
    if (!created.ok) throw new Error(created.error.type);
    return created.value;
  }

  /** One run of the relay that is cut off with a frame told of and not kept; answers the cursor others saw. */
  async function cutOff(clock: ReturnType<typeof fakeClock>, frame: Bytes): Promise<number> {
    const image = join(folder, 'image');
    const store = openSqliteStore({ folder: join(folder, 'data'), clock, limits: DEFAULT_LIMITS });
    let isThere = false;
    const opening = topicIn(store).finally(() => (isThere = true));
    await clock.until(() => isThere);
    const topic = await opening;
    cpSync(join(folder, 'data'), image, { recursive: true });
    const { cursor } = store.put(topic, frame);
    const closing = store.close();
    await clock.advance(1000);
    await closing;
    rmSync(join(folder, 'data'), { recursive: true });
    cpSync(image, join(folder, 'data'), { recursive: true });
    return cursor;
  }

  test.each([
    ['within one second', 0],
    ['with the clock an hour back each time', -3_600_000],
  ])('never come again, however often the relay starts %s', async (_, jump) => {
    const clock = fakeClock();
    const start = clock.now();
    const shown: number[] = [];
    for (let run = 0; run < 5; run++) {
      clock.jump(start + run * jump - clock.now());
      shown.push(await cutOff(clock, random(50)));
    }
    expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
  });
});
