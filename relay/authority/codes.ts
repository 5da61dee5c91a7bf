/**
 * Provisional codes: issued once, good for one activation, until they expire or five wrong tries lock them (A10).
 *
 * The derivation from code, NIR and serial runs here, when a code is issued, and never for a request: a request costs an
 * index look-up. Of the code itself nothing is kept; of the lookup, its hash. A wrong try is counted against the code it
 * names, and a code is named by 128 bits derived from its 80, so only who holds a code can spend its tries.
 *
 * Everything that a lookup opens is behind one guard, `attempt`: opening the file and claiming the code spend the same
 * five tries. A refusal runs the same statements whatever its reason: a try against a code that does not exist is counted
 * against a row that stands for it.
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { encodeEnrolmentFile } from '#lib/protocol/authority.ts';
import {
  CODE_BYTES,
  CODE_ID_BYTES,
  deriveEnrolment,
  encodeCode,
  LOOKUP_BYTES,
} from '#lib/protocol/enrolment.ts';
import { primitives, sameBytes, sealEnrolmentFile, sha256, type Random } from './primitives.ts';
import type { Person, RegisterTable } from './register/register.ts';
import type { Store } from './store.ts';

export const TRIES = 5;
export const CODE_LIFETIME_MS = 42 * 24 * 3_600_000; // six weeks: it may come by post

export type Refused = { readonly type: 'enrolment-refused' };
export const REFUSED: Refused = { type: 'enrolment-refused' };

/** A code as the store knows it. */
export interface CodeRow {
  readonly codeId: Bytes;
  readonly person: number;
  readonly lookupHash: Bytes;
  readonly sealed: Bytes;
  readonly expires: number;
  readonly locked: number | null;
  readonly withdrawn: number | null;
  readonly address: string | null; // of the activation that used it
  readonly attestation: number | null; // its entry in the log
}

export interface Codes {
  /** Makes a new code for a person and withdraws those issued before. The answer is the only copy there is. */
  issue(person: Person): Promise<string>;
  /** The sealed enrolment file of a code that is still good. */
  redeem(codeId: Bytes, lookup: Bytes): Result<Bytes, Refused>;
  /**
   * What `accept` makes of the code that the two prove. Where they prove none, or it answers null, that is one more wrong
   * try. Whether the code is still good is for `accept` to ask.
   */
  attempt<T>(codeId: Bytes, lookup: Bytes, accept: (code: CodeRow) => T | null): Result<T, Refused>;
  /** Marks a code as used by the activation of an address. */
  use(codeId: Bytes, address: string, attestation: number): void;
  /** How many codes a person was issued since then. */
  issuedSince(person: number, time: number): number;
  isGood(codeId: Bytes): boolean;
  /** Whose codes an address has used, each person once. */
  personsOf(address: string): number[];
  /** The address that was attested to a person last. */
  lastAddressOf(person: number): string | null;
}

export interface CodesDeps {
  readonly store: Store;
  readonly register: RegisterTable;
  readonly authorityKey: Bytes;
  readonly clock: { now(): number };
  readonly random: Random;
  readonly onLocked: () => void;
}

const COLUMNS = `code_id AS codeId, person, lookup_hash AS lookupHash, sealed, expires, locked, withdrawn, address, attestation`;

/** The row that stands for every code that does not exist: no lookup hashes to what it holds. */
const DECOY = new Uint8Array(CODE_ID_BYTES);

export function createCodes(deps: CodesDeps): Codes {
  return new StoredCodes(deps);
}

class StoredCodes implements Codes {
  readonly #deps: CodesDeps;
  readonly #statements: Statements;

  constructor(deps: CodesDeps) {
    this.#deps = deps;
    this.#statements = prepare(deps.store);
    const { byId, insert } = this.#statements;
    if (!byId.get(DECOY)) insert.run(DECOY, null, deps.random(32), new Uint8Array(), 0, 0);
  }

  async issue(person: Person): Promise<string> {
    const { store, clock, random } = this.#deps;
    const { withdraw, insert } = this.#statements;
    const code = encodeCode(random(CODE_BYTES));
    const { codeId, lookup, key } = await deriveEnrolment(
      { code, nir: person.nir, serial: person.serial },
      primitives,
    );
    const now = clock.now();
    const sealed = sealEnrolmentFile(key, codeId, this.#enrolmentFile(person, now), random);
    store.transaction(() => {
      withdraw.run(now, person.id);
      insert.run(codeId, person.id, sha256(lookup), sealed, now, now + CODE_LIFETIME_MS);
    });
    return code;
  }

  redeem(codeId: Bytes, lookup: Bytes): Result<Bytes, Refused> {
    return this.attempt(codeId, lookup, (row) => (this.#isGood(row) ? row.sealed : null));
  }

  attempt<T>(codeId: Bytes, lookup: Bytes, accept: (code: CodeRow) => T | null): Result<T, Refused> {
    const { byId, countTry } = this.#statements;
    const found = toRow(byId.get(codeId));
    const decoy = toRow(byId.get(DECOY));
    const row = found ?? decoy;
    const matches = sameBytes(sha256(lookup), row?.lookupHash ?? new Uint8Array(LOOKUP_BYTES));
    const opened = found && matches ? accept(found) : null;
    if (opened !== null) return ok(opened);
    const tried = countTry.get(this.#deps.clock.now(), row?.codeId ?? DECOY);
    if (tried?.['tries'] === TRIES && tried['person'] !== null) this.#deps.onLocked();
    return fail(REFUSED);
  }

  use(codeId: Bytes, address: string, attestation: number): void {
    this.#statements.markUsed.run(address, attestation, codeId);
  }

  issuedSince(person: number, time: number): number {
    return Number(this.#statements.countIssued.get(person, time)?.['count']);
  }

  isGood(codeId: Bytes): boolean {
    return this.#isGood(toRow(this.#statements.byId.get(codeId)));
  }

  personsOf(address: string): number[] {
    return this.#statements.personsOf.all(address).map(({ person }) => Number(person));
  }

  lastAddressOf(person: number): string | null {
    const last = this.#statements.lastAddressOf.get(person)?.['address'];
    return typeof last === 'string' ? last : null;
  }

  #isGood(row: CodeRow | null): boolean {
    if (row === null || row.locked !== null || row.withdrawn !== null || row.address !== null) return false;
    return this.#deps.clock.now() < row.expires;
  }

  #enrolmentFile(person: Person, now: number): Bytes {
    const { register, authorityKey } = this.#deps;
    const { firstName, lastName, birthDate, nir, email, phone, salt } = person;
    const children = register.minorChildren(person.id, new Date(now)).map((child) => ({
      firstName: child.firstName,
      lastName: child.lastName,
      birthDate: child.birthDate,
    }));
    const told = { firstName, lastName, birthDate, nir, email, phone, children };
    return encodeEnrolmentFile({ ...told, identitySalt: salt, authorityKey });
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare({ db }: Store) {
  return {
    byId: db.prepare(`SELECT ${COLUMNS} FROM codes WHERE code_id = ?`),
    countTry: db.prepare(`
      UPDATE codes SET tries = tries + 1, locked = CASE WHEN tries + 1 >= ${TRIES} THEN coalesce(locked, ?) END
      WHERE code_id = ? RETURNING tries, person`),
    withdraw: db.prepare(
      `UPDATE codes SET withdrawn = ?, sealed = x'' WHERE person = ? AND address IS NULL AND withdrawn IS NULL`,
    ),
    insert: db.prepare(
      'INSERT INTO codes (code_id, person, lookup_hash, sealed, issued, expires) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    markUsed: db.prepare(`UPDATE codes SET address = ?, attestation = ?, sealed = x'' WHERE code_id = ?`),
    personsOf: db.prepare('SELECT DISTINCT person FROM codes WHERE address = ?'),
    lastAddressOf: db.prepare(
      'SELECT address FROM codes WHERE person = ? AND attestation IS NOT NULL ORDER BY attestation DESC LIMIT 1',
    ),
    countIssued: db.prepare('SELECT count(*) AS count FROM codes WHERE person = ? AND issued >= ?'),
  };
}

function toRow(row: Record<string, unknown> | undefined): CodeRow | null {
  if (!row) return null;
  const bytes = (column: string) => toOwned(row[column] as Uint8Array);
  return {
    ...(row as unknown as CodeRow),
    codeId: bytes('codeId'),
    lookupHash: bytes('lookupHash'),
    sealed: bytes('sealed'),
  };
}
