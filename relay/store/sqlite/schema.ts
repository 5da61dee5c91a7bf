/**
 * The tables of the SQLite store, and how a database becomes one. A migration is never edited, only followed by another.
 */
import { DatabaseSync } from 'node:sqlite';

const MIGRATIONS = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- Numbers are never given twice: a leftover of an erased topic cannot turn up in another.
  CREATE TABLE topic (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    write_key BLOB NOT NULL,
    delete_key BLOB,                -- null: nothing is ever erased from it
    open_to_readers INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,    -- 0 = never
    last INTEGER NOT NULL,          -- the highest cursor given
    frames INTEGER NOT NULL,
    frame_bytes INTEGER NOT NULL,
    blob_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX topic_expiry ON topic (expires_at) WHERE expires_at > 0;

  -- Consecutive frames of a topic: packs.ts.
  CREATE TABLE pack (
    n INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL,
    first INTEGER NOT NULL,         -- the lowest cursor
    last INTEGER NOT NULL,          -- the highest
    due INTEGER NOT NULL,           -- when it is erased; 0 = never
    count INTEGER NOT NULL,         -- of frames
    size INTEGER NOT NULL,          -- of frames, in bytes
    ids BLOB NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX pack_place ON pack (topic, last, first, due);
  CREATE INDEX pack_due ON pack (due) WHERE due > 0;

  CREATE TABLE reader (
    topic INTEGER NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (topic, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blob (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    topic INTEGER NOT NULL,
    id BLOB NOT NULL,
    total INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,    -- when it is erased, for being unfinished or deleted; 0 = never
    doomed INTEGER NOT NULL,        -- 1 = deleted by its owner
    UNIQUE (topic, id)
  ) STRICT;
  CREATE INDEX blob_expiry ON blob (expires_at) WHERE expires_at > 0;

  -- Its key is 256 times the number of the blob, plus its place.
  CREATE TABLE chunk (n INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
  `,
];

/** Nearly all that is kept is packs and chunks, of tens of kilobytes: fewer pages cost less than a quarter of the calls. */
const PAGE_SIZE = 16_384;

/** Opens, or makes, the database; ':memory:' keeps nothing. Throws when it was made by a newer Carnet. */
export function openDatabase(path: string, maxBytes?: number): DatabaseSync {
  const db = new DatabaseSync(path);
  // Counts for a database that is being made.
  db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
  db.exec('PRAGMA journal_mode = WAL');
  // An acknowledgement means: on the disk.
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA cache_size = -16384');
  db.exec('PRAGMA wal_autocheckpoint = 500');
  migrate(db);
  if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE_SIZE)}`);
  return db;
}

function migrate(db: DatabaseSync): void {
  const version = numberOf(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > MIGRATIONS.length) {
    db.close();
    throw new Error('this data folder was written by a newer Carnet');
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    db.exec(`BEGIN; ${MIGRATIONS[next] ?? ''}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
