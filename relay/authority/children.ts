/**
 * The records of children, as far as the authority goes: who is a guardian of whom in the register, and the statement that
 * a space is the record of a child (protocol/child-record.ts). It is told the id of the space, because that is what it
 * signs; it learns by it which address opened whose record, and nothing that opens one.
 *
 * Of one child each address opens one record, and none where another guardian was first. What the same person had opened
 * under an address that was replaced since bars nothing: nobody may be left who could open that one. Asked again for the
 * same space the answer is the same to the byte, so that a crash in between costs nothing. A space is the record of one
 * child, whoever asks.
 *
 * Every guardian of a child may own its record beside who opened it, as the register has them on the day when they ask
 * (protocol/owner.ts). Whether they become one, the owners decide, by the roster. A space that was not stated to be a child's record,
 * and a child whose guardian the caller is not, get one answer: nobody finds out by asking whose record a space is.
 *
 *   handle of a child   the first 16 bytes of SHA-256("carnet/child-handle/v1" ‖ salt of the child[32] ‖ salt of the guardian[32])
 *
 * Both salts are the authority's own and random, so a handle says nothing, and the two guardians of a child have different
 * ones. Whatever is wrong with a handle (unknown, somebody else's child, grown up since) gets one answer.
 */
import { concat, equal, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { identityCommitment, type CivilIdentity } from '#lib/protocol/attestation.ts';
import { CHILD_HANDLE_BYTES } from '#lib/protocol/authority.ts';
import { childRecordMessage, encodeChildRecord } from '#lib/protocol/child-record.ts';
import { ownerMessage } from '#lib/protocol/owner.ts';
import type { Caller } from './callers.ts';
import { sha256 } from './primitives.ts';
import type { MinorChild, Person, RegisterTable } from './register/register.ts';
import type { SigningKey } from './signing-key.ts';
import type { StatementLog } from './statement-log.ts';
import type { Store } from './store.ts';

/** A child as its guardian is told of it; the space where this address has opened its record. */
export type ListedChild = CivilIdentity & { readonly child: Bytes } & (
    { readonly opened: 'no' | 'other' } | { readonly opened: 'own'; readonly space: Bytes }
  );

export interface OpenedChild {
  readonly statement: Bytes;
  readonly identitySalt: Bytes;
}

export type ChildFailure =
  | { readonly type: 'child-refused' | 'child-taken' }
  | { readonly type: 'child-opened'; readonly space: Bytes };

export interface Children {
  /** The minors of whom the caller is a guardian. */
  list(caller: Caller): ListedChild[];
  /** States that the caller may own a record that somebody else has opened. */
  admit(
    caller: Caller,
    asked: { readonly space: Bytes },
  ): Result<{ readonly statement: Bytes }, { readonly type: 'guardian-refused' }>;
  /** States that a space is the record of a child. */
  open(caller: Caller, asked: { child: Bytes; space: Bytes }): Result<OpenedChild, ChildFailure>;
}

export interface ChildrenDeps {
  readonly store: Store;
  readonly register: RegisterTable;
  readonly log: StatementLog;
  readonly key: SigningKey;
  readonly clock: { now(): number };
}

const HANDLE_LABEL = utf8('carnet/child-handle/v1');

interface RecordRow {
  readonly n: number; // its entry in the log
  readonly guardian: number;
  readonly address: string;
  readonly space: Bytes;
}

export function createChildren(deps: ChildrenDeps): Children {
  const { store, register, log, key, clock } = deps;
  const recordsOf = store.db.prepare(
    'SELECT n, guardian, address, space FROM child_records WHERE child = ? ORDER BY n',
  );
  const bySpace = store.db.prepare('SELECT 1 FROM child_records WHERE space = ?');
  const insert = store.db.prepare(
    'INSERT INTO child_records (n, child, guardian, address, space) VALUES (?, ?, ?, ?, ?)',
  );

  const minors = ({ id }: Person) => register.minorChildren(id, new Date(clock.now()));

  /** What was opened of a child, as this caller is told of it. */
  function standing({ id }: MinorChild, { person, address }: Caller) {
    const rows = recordsOf.all(id).map(toRecord);
    const own = rows.find((row) => row.address === address);
    const isTaken = rows.some(({ guardian }) => guardian !== person.id);
    return { own, isTaken };
  }

  function state(child: MinorChild, { person, address }: Caller, space: Bytes): Bytes {
    const commitment = identityCommitment(child.salt, child, sha256);
    const said = { space, address, commitment, issued: clock.now() };
    const statement = encodeChildRecord({ ...said, signature: key.sign(childRecordMessage(said)) });
    const n = log.append({ kind: 'child-record', person: child.id, commitment, statement });
    insert.run(n, child.id, person.id, address, space);
    return statement;
  }

  return {
    list: (caller) =>
      minors(caller.person).map((child) => {
        const { firstName, lastName, birthDate } = child;
        const told = { child: handleOf(child, caller.person), firstName, lastName, birthDate };
        const { own, isTaken } = standing(child, caller);
        if (own) return { ...told, opened: 'own', space: own.space };
        return { ...told, opened: isTaken ? 'other' : 'no' };
      }),

    admit: admitting(deps, minors),

    open: (caller, asked) =>
      store.transaction(() => {
        const child = minors(caller.person).find((one) => equal(handleOf(one, caller.person), asked.child));
        if (!child) return fail({ type: 'child-refused' });
        const { own, isTaken } = standing(child, caller);
        if (own) {
          if (!equal(own.space, asked.space)) return fail({ type: 'child-opened', space: own.space });
          return ok({ statement: log.statement(own.n), identitySalt: child.salt });
        }
        if (isTaken) return fail({ type: 'child-taken' });
        if (bySpace.get(asked.space)) return fail({ type: 'child-refused' });
        return ok({ statement: state(child, caller, asked.space), identitySalt: child.salt });
      }),
  };
}

/** Once it was stated it is stated again to the byte, and stands in the log once. */
function admitting(
  { store, log, key }: ChildrenDeps,
  minors: (person: Person) => readonly MinorChild[],
): Children['admit'] {
  const childOf = store.db.prepare('SELECT child FROM child_records WHERE space = ?');
  const known = store.db.prepare('SELECT 1 FROM owners WHERE space = ? AND address = ?');
  const insert = store.db.prepare('INSERT INTO owners (n, space, address) VALUES (?, ?, ?)');
  return ({ person, address }, { space }) =>
    store.transaction(() => {
      const id = childOf.get(space)?.['child'];
      const child = minors(person).find((one) => one.id === id);
      if (!child) return fail({ type: 'guardian-refused' });
      const message = ownerMessage(space, address);
      const statement = key.sign(message);
      if (known.get(space, address)) return ok({ statement });
      const commitment = identityCommitment(child.salt, child, sha256);
      const said = concat(message, statement);
      const n = log.append({ kind: 'owner', person: child.id, commitment, statement: said });
      insert.run(n, space, address);
      return ok({ statement });
    });
}

function handleOf(child: MinorChild, guardian: Person): Bytes {
  return sha256(HANDLE_LABEL, child.salt, guardian.salt).slice(0, CHILD_HANDLE_BYTES);
}

function toRecord(row: Record<string, unknown>): RecordRow {
  return { ...(row as unknown as RecordRow), space: toOwned(row['space'] as Uint8Array) };
}
