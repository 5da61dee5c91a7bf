import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { batchSize, Journal, JOURNAL_CAPACITY, type Appended, type JournalRecord } from './journal.ts';

const random = seededRandom('journal');
let folder = '';
const path = () => join(folder, 'relay.journal');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-journal-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function records(count: number, from = 0): JournalRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    topic: 1 + ((from + i) % 3),
    cursor: 1_876_543_210_000_000 + from + i,
    at: 1_800_000_000_000 + i,
    frame: random(10 + ((i * 37) % 400)),
  }));
}

function appended(records: readonly JournalRecord[]): Appended[] {
  return records.map((record) => ({ ...record, topic: { n: record.topic } }));
}

function reopened(file = path(), taken = 0): JournalRecord[] {
  const journal = Journal.open(file);
  const found = journal.replay(taken).map((record) => ({ ...record, frame: new Uint8Array(record.frame) }));
  journal.close();
  return found;
}

function fresh(): Journal {
  const journal = Journal.open(path());
  expect(journal.replay(0)).toEqual([]);
  journal.begin(1);
  return journal;
}

test('what was appended is there after a reopening, batch after batch', async () => {
  const journal = fresh();
  const [first, second] = [records(5), records(7, 5)];
  await journal.append(appended(first));
  await journal.append(appended(second));
  journal.close();
  expect(reopened()).toEqual([...first, ...second]);
});

test('appended frames keep one buffer alive, whatever each came in, and are the same bytes', async () => {
  const journal = fresh();
  const before = records(50);
  const frames = appended(before);
  await journal.append(frames);
  journal.close();
  expect(frames.map(({ frame }) => new Uint8Array(frame))).toEqual(before.map(({ frame }) => frame));
  expect(new Set(frames.map(({ frame }) => frame.buffer)).size).toBe(1);
});

test('a pass that the database has taken in is passed over, and the next one writes over it', async () => {
  const journal = fresh();
  await journal.append(appended(records(50)));
  expect(reopened(path(), 1)).toEqual([]);
  journal.begin(2);
  const next = records(3, 100);
  await journal.append(appended(next));
  journal.close();
  expect(reopened(path(), 1)).toEqual(next);
  expect(reopened(path(), 0)).toEqual(next);
});

test('a batch that is torn at any byte does not count, those before it do', async () => {
  const journal = fresh();
  const [whole, torn] = [records(4), records(2, 4)];
  await journal.append(appended(whole));
  const start = batchSize(
    4,
    whole.reduce((sum, { frame }) => sum + frame.length, 0),
  );
  await journal.append(appended(torn));
  journal.close();
  const bytes = readFileSync(path());
  const end =
    start +
    batchSize(
      2,
      torn.reduce((sum, { frame }) => sum + frame.length, 0),
    );
  const copy = join(folder, 'torn');
  for (let cut = start; cut < end; cut += 1 + random.int(9)) {
    writeFileSync(copy, Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(bytes.length - cut)]));
    expect(reopened(copy), `cut at ${cut}`).toEqual(whole);
  }
  for (let i = 0; i < 30; i++) {
    copyFileSync(path(), copy);
    const flipped = readFileSync(copy);
    const at = start + random.int(end - start);
    flipped[at] = (flipped[at] ?? 0) ^ (1 + random.int(255));
    writeFileSync(copy, flipped);
    expect(reopened(copy), `byte ${at} changed`).toEqual(whole);
  }
});

test('an old pass that happens to begin where the new one ends is not taken for a part of it', async () => {
  const journal = fresh();
  const same = (from: number) => records(2, from).map((record) => ({ ...record, frame: random(64) }));
  await journal.append(appended(same(0)));
  await journal.append(appended(same(2)));
  journal.begin(2);
  const next = same(10);
  await journal.append(appended(next));
  journal.close();
  expect(reopened(path(), 0)).toEqual(next);
});

test('the file never grows', async () => {
  const journal = fresh();
  const large = [{ topic: 1, cursor: 1, at: 1, frame: new Uint8Array(1_048_576) }];
  let batches = 0;
  while (journal.hasRoomFor(batchSize(1, 1_048_576))) {
    await journal.append(appended(large));
    batches++;
  }
  journal.close();
  expect(batches).toBe(3);
  expect(readFileSync(path()).length).toBe(JOURNAL_CAPACITY);
});
