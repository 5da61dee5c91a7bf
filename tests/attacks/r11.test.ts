/**
 * R11: the relay's database is brought up to date, and the machine stops in the middle: before, between and after the
 * statements, and with any part of its log on the disk. Opened again, all is there. A newer database stays as it is.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { openSqliteStore } from '../../relay/store/sqlite.ts';
import { openDatabase } from '../../relay/store/sqlite/schema.ts';
import type { Store, TopicSpec } from '../../relay/store/store.ts';

const limits = { topicFrames: 1000, topicBytes: 1e9, topicBlobs: 100, graceMs: 1000, unfinishedMs: 1000 };
const id = (n: number) => new Uint8Array(32).fill(n);
const FRAMES = ['Arachide', 'Pollen', 'Latex'].map((name) => utf8(name.repeat(2000)));
const CHUNK = utf8('a chunk of a document');
const TOPICS: readonly TopicSpec[] = [
  { id: id(1), writeKey: id(11), deleteKey: id(21), openToReaders: false, expiresAt: 0 },
  { id: id(2), writeKey: id(12), deleteKey: null, openToReaders: true, expiresAt: 0 },
];

let root: string;
let copies: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'carnet-r11-'));
  copies = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const databaseIn = (folder: string) => join(folder, 'relay.db');
const storeIn = (folder: string) => openSqliteStore({ folder, clock: systemClock, limits });

/** A relay's folder with data, as the first version of the tables has it. */
async function firstVersion(): Promise<string> {
  const folder = join(root, 'first');
  const store = storeIn(folder);
  for (const spec of TOPICS) {
    const topic = await store.createTopic(spec);
    if (!topic.ok) throw new Error(topic.error.type);
    for (const frame of FRAMES) expect(await store.put(topic.value, frame).stored).toBeNull();
    const chunk = { blob: id(9), index: 0, total: 1, bytes: CHUNK };
    expect((await store.putChunk(topic.value, chunk)).ok).toBe(true);
  }
  await store.close();
  const db = new DatabaseSync(databaseIn(folder));
  db.exec('ALTER TABLE topic DROP COLUMN erases_at_once; PRAGMA user_version = 1');
  db.close();
  return folder;
}

/** The folder as a machine that stops now leaves it: what SQLite has written, and none of its memory. */
function stopped(folder: string): string {
  const copy = join(root, `copy-${copies++}`);
  mkdirSync(copy);
  for (const name of ['relay.db', 'relay.db-wal', 'relay.journal'])
    if (existsSync(join(folder, name))) cpSync(join(folder, name), join(copy, name));
  return copy;
}

/** Opens the database as the relay does, and stops the machine before each statement of the migration and after the last. */
function stops(folder: string): string[] {
  const exec = DatabaseSync.prototype.exec;
  const left: string[] = [];
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (!sql.startsWith('BEGIN')) return void exec.call(this, sql);
    for (const statement of sql
      .replaceAll(/--[^\n]*/g, '')
      .split(';')
      .filter((one) => one.trim() !== '')) {
      left.push(stopped(folder));
      exec.call(this, statement);
    }
    left.push(stopped(folder));
  });
  openDatabase(databaseIn(folder)).close();
  vi.restoreAllMocks();
  return left;
}

const bytesOf = (bytes: Bytes) => Buffer.from(bytes).toString('hex');

async function holdsAll(store: Store): Promise<void> {
  for (const spec of TOPICS) {
    const topic = (await store.findTopic(spec.id))!;
    expect(topic).toMatchObject({ ...spec, erasesAtOnce: false });
    const { entries } = await store.list(topic, { since: 0, limit: 10, doomed: true });
    expect(entries.map(({ frame }) => bytesOf(frame))).toEqual(FRAMES.map(bytesOf));
    expect(bytesOf((await store.getChunk(topic, id(9), 0))!)).toBe(bytesOf(CHUNK));
  }
}

const versionOf = (folder: string): unknown => {
  const db = new DatabaseSync(databaseIn(folder), { readOnly: true });
  const row = db.prepare('PRAGMA user_version').get();
  db.close();
  return row?.['user_version'];
};

/** Opened by the relay, it holds all that it held, takes what is new, and is of the newest version. */
async function goesOn(folder: string): Promise<void> {
  const store = storeIn(folder);
  await holdsAll(store);
  const made = await store.createTopic({ ...TOPICS[0]!, id: id(3), erasesAtOnce: true });
  expect(made.ok && made.value.erasesAtOnce).toBe(true);
  await store.close();
  expect(versionOf(folder)).toBe(2);
  const again = storeIn(folder);
  await holdsAll(again);
  expect((await again.findTopic(id(3)))?.erasesAtOnce).toBe(true);
  await again.close();
}

test('R11: a database of the first version is brought up to date with all that it holds', async () => {
  const folder = await firstVersion();
  expect(versionOf(folder)).toBe(1);
  await goesOn(folder);
});

test('R11: stopped before and after every statement of the migration, it opens again with all that it holds', async () => {
  const left = stops(await firstVersion());
  expect(left.length).toBeGreaterThan(3);
  for (const folder of left) await goesOn(folder);
});

test('R11: stopped at any length of its log, it opens again with all that it holds', async () => {
  const whole = stops(await firstVersion()).at(-1)!;
  const { size } = statSync(`${databaseIn(whole)}-wal`);
  expect(size).toBeGreaterThan(0);
  for (let part = 0; part < 16; part++) {
    const folder = stopped(whole);
    truncateSync(`${databaseIn(folder)}-wal`, Math.floor((size * part) / 16));
    await goesOn(folder);
  }
});

test('R11: stopped while it is made, it is made at the next start', async () => {
  const folder = join(root, 'new');
  mkdirSync(folder);
  const left = stops(folder);
  expect(left.length).toBeGreaterThan(15);
  for (const one of left) {
    const store = storeIn(one);
    expect((await store.createTopic(TOPICS[0]!)).ok).toBe(true);
    await store.close();
    expect(versionOf(one)).toBe(2);
  }
});

test('R11: a database that a newer Carnet wrote is refused, and not a byte of it changes', async () => {
  const folder = await firstVersion();
  const db = new DatabaseSync(databaseIn(folder));
  db.exec('PRAGMA user_version = 3');
  db.close();
  const before = bytesOf(readFileSync(databaseIn(folder)));
  expect(() => storeIn(folder)).toThrow('newer Carnet');
  expect(bytesOf(readFileSync(databaseIn(folder)))).toBe(before);
});
