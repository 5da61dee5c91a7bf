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
    blobs INTEGER NOT NULL,
    blob_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX topic_expiry ON topic (expires_at) WHERE expires_at > 0;

  -- Consecutive frames of a topic: packs.ts.
  CREATE TABLE pack (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    topic INTEGER NOT NULL,
    last INTEGER NOT NULL,          -- the highest cursor
    due INTEGER NOT NULL,           -- when the first of its frames is erased; 0 = never
    kept INTEGER NOT NULL,          -- how many of its frames are not to be erased
    count INTEGER NOT NULL,         -- of frames
    size INTEGER NOT NULL,          -- of frames, in bytes
    ids BLOB NOT NULL               -- pack-index.ts
  ) STRICT;
  CREATE INDEX pack_order ON pack (topic, last);
  CREATE INDEX pack_kept ON pack (topic, last) WHERE kept > 0;
  CREATE INDEX pack_doomed ON pack (topic, n) WHERE due > 0;
  CREATE INDEX pack_due ON pack (due) WHERE due > 0;

  -- The frames themselves, one after another.
  CREATE TABLE body (n INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

  -- In which pack a frame lies: places.ts.
  CREATE TABLE place (
    topic INTEGER NOT NULL,
    prefix INTEGER NOT NULL,        -- the first 48 bits of its id
    pack INTEGER NOT NULL,
    PRIMARY KEY (topic, prefix, pack)
  ) STRICT, WITHOUT ROWID;

  -- Topics that are no more, and of which something is left to be erased.
  CREATE TABLE leftover (topic INTEGER PRIMARY KEY) STRICT;

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
  // 1: what is doomed is erased without grace, and shown to nobody.
  'ALTER TABLE topic ADD COLUMN erases_at_once INTEGER NOT NULL DEFAULT 0',
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
