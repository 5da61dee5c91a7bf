/**
 * The append-only log of all that the authority states: attestations, and statements about the records of
 * children and who may own them.
 *
 * Opening checks the whole chain: a log that was rewritten stops the authority. Appending is part of the caller's
 * transaction, so that nothing is stated without its entry. Its signed head is public (protocol/attestation.ts).
 */
import { equal, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import {
  EMPTY_LOG,
  logHeadMessage,
  nextHead,
  type LogHead,
  type LogLeaf,
} from '#lib/protocol/attestation.ts';
import { LOG_PAGE } from '#lib/protocol/authority.ts';
import { sha256 } from './primitives.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';

export interface Entry {
  readonly kind: 'attestation' | 'child-record' | 'owner';
  readonly person: number; // whom the commitment is of
  readonly commitment: Bytes;
  readonly statement: Bytes;
}

export interface LogPage {
  readonly leaves: readonly LogLeaf[];
  readonly head: LogHead & { readonly signature: Bytes };
}

export interface StatementLog {
  /** Within a transaction. Answers with the entry's number, from 1. */
  append(entry: Entry): number;
  /** The statement of an entry. Throws when there is none. */
  statement(index: number): Bytes;
  /** What follows entry `after` of the log, with the head that it leads to. */
  page(after: number): LogPage;
}

export function createStatementLog({ db }: Store, key: SigningKey): StatementLog {
  const last = db.prepare('SELECT n AS size, hash FROM log ORDER BY n DESC LIMIT 1');
  const entry = db.prepare('SELECT statement FROM log WHERE n = ?');
  const following = db.prepare(
    'SELECT n AS size, hash, commitment, statement FROM log WHERE n > ? ORDER BY n LIMIT ?',
  );
  const insert = db.prepare(
    'INSERT INTO log (n, kind, person, commitment, statement, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );

  checkChain(following.iterate(0, -1));

  return {
    append({ kind, person, commitment, statement }) {
      const leaf = { commitment, attestationHash: sha256(statement) };
      const head = nextHead(toHead(last.get()), leaf, sha256);
      insert.run(head.size, kind, person, commitment, statement, head.hash);
      return head.size;
    },

    statement(index) {
      const found = entry.get(index);
      if (!found) throw new Error('the log has no such entry');
      return toOwned(found['statement'] as Uint8Array);
    },

    page(after) {
      const rows = following.all(after, LOG_PAGE);
      const head = toHead(rows.at(-1) ?? last.get());
      return { leaves: rows.map(toLeaf), head: { ...head, signature: key.sign(logHeadMessage(head)) } };
    },
  };
}

function checkChain(rows: Iterable<Record<string, unknown>>): void {
  let head = EMPTY_LOG;
  for (const row of rows) {
    head = nextHead(head, toLeaf(row), sha256);
    if (head.size !== row['size'] || !equal(head.hash, row['hash'] as Uint8Array))
      throw new Error(
        `The attestation log is damaged at entry ${head.size}: restore the authority's folder from its backup.`,
      );
  }
}

function toHead(row: Record<string, unknown> | undefined): LogHead {
  return row ? { size: Number(row['size']), hash: toOwned(row['hash'] as Uint8Array) } : EMPTY_LOG;
}

function toLeaf(row: Record<string, unknown>): LogLeaf {
  return {
    commitment: toOwned(row['commitment'] as Uint8Array),
    attestationHash: sha256(row['statement'] as Uint8Array),
  };
}
