/**
 * The authority's own database: SQLite in its own folder, shared with nobody. Every commit is on disk before the answer.
 *
 * It holds civil identities, codes (never the code itself, only what it derives to), and the attestation log, which the
 * database refuses to change. Nothing about health has a column here.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE persons (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('insured', 'child')),
    nir         TEXT UNIQUE,
    last_name   TEXT NOT NULL,
    first_name  TEXT NOT NULL,
    birth_date  TEXT NOT NULL,
    card        TEXT CHECK (card IN ('photo', 'plain')),
    serial      TEXT,
    email       TEXT,
    phone       TEXT,
    salt        BLOB NOT NULL
  ) STRICT;
  CREATE TABLE guardians (
    child   INTEGER NOT NULL REFERENCES persons(id),
    parent  INTEGER NOT NULL REFERENCES persons(id),
    PRIMARY KEY (child, parent)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE professionals (
    rpps        TEXT PRIMARY KEY,
    last_name   TEXT NOT NULL,
    first_name  TEXT NOT NULL,
    profession  TEXT NOT NULL,
    email       TEXT,
    phone       TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE codes (
    code_id      BLOB PRIMARY KEY,
    person       INTEGER REFERENCES persons(id),
    lookup_hash  BLOB NOT NULL UNIQUE,
    sealed       BLOB NOT NULL,
    issued       INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    locked       INTEGER,
    withdrawn    INTEGER,
    address      TEXT,
    attestation  INTEGER REFERENCES log(n)
  ) STRICT;
  CREATE INDEX codes_of_person ON codes(person, issued);
  CREATE TABLE log (
    n            INTEGER PRIMARY KEY,
    person       INTEGER NOT NULL REFERENCES persons(id),
    commitment   BLOB NOT NULL,
    attestation  BLOB NOT NULL,
    hash         BLOB NOT NULL
  ) STRICT;
  CREATE TRIGGER log_keeps BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
  CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
`;

export interface Store {
  readonly db: DatabaseSync;
  /** Runs `work` as one commit: all of it, or nothing when it throws. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the database of a data folder, which only its owner may read; ':memory:' keeps nothing. */
export function openStore(dataDir: string): Store {
  const path = dataDir === ':memory:' ? dataDir : join(dataDir, 'authority.sqlite');
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path);
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;',
  );
  if (dataDir !== ':memory:') chmodSync(path, 0o600);

  function transaction<T>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }

  transaction(() => migrate(db));
  return { db, transaction, close: () => db.close() };
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION)
    throw new Error("The authority's database was written by a newer version of Carnet.");
  if (version === 0) db.exec(SCHEMA + `PRAGMA user_version = ${SCHEMA_VERSION};`);
}
