/**
 * The authority's own database: SQLite in its own folder, shared with nobody. Every commit is on disk before the answer.
 *
 * It holds civil identities, codes (never the code itself, only what it derives to), the log of what was stated, which the
 * database refuses to change, whose record of which child that was, and the chains by which callers proved themselves.
 * Nothing about health has a column here.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A migration is never edited, only followed by another. */
export const MIGRATIONS = [
  `
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
  `,
  // 1: records of children stand in the log too; what callers of an address have shown of its chain.
  `
  ALTER TABLE log RENAME COLUMN attestation TO statement;
  ALTER TABLE log ADD COLUMN kind TEXT NOT NULL DEFAULT 'attestation' CHECK (kind IN ('attestation', 'child-record', 'owner'));
  CREATE INDEX codes_of_address ON codes(address) WHERE address IS NOT NULL;
  CREATE TABLE child_records (
    n         INTEGER PRIMARY KEY REFERENCES log(n),
    child     INTEGER NOT NULL REFERENCES persons(id),
    guardian  INTEGER NOT NULL REFERENCES persons(id),
    address   TEXT NOT NULL,
    space     BLOB NOT NULL UNIQUE,
    UNIQUE (child, address)
  ) STRICT;
  CREATE TABLE owners (
    n        INTEGER PRIMARY KEY REFERENCES log(n),
    space    BLOB NOT NULL REFERENCES child_records(space),
    address  TEXT NOT NULL,
    UNIQUE (space, address)
  ) STRICT;
  CREATE TABLE chains (
    address    TEXT NOT NULL,
    saying     BLOB NOT NULL,
    statement  BLOB NOT NULL,
    UNIQUE (address, saying)
  ) STRICT;
  `,
];

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
  if (version > MIGRATIONS.length)
    throw new Error("The authority's database was written by a newer version of Carnet.");
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}
