/**
 * The register as the authority reads it: who is insured, with which card, and whose children they are.
 * It is written by register-import.ts and by nothing else.
 */
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { CivilIdentity } from '#lib/protocol/attestation.ts';
import type { Card } from './register-fields.ts';
import type { Store } from '../store.ts';

/** A person who can be sent a code: insured, with a card of their own. */
export interface Person extends CivilIdentity {
  readonly id: number;
  readonly nir: string;
  readonly card: Card;
  readonly serial: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly salt: Bytes;
}

/** A minor of whom an insured person is a guardian. */
export interface MinorChild extends CivilIdentity {
  readonly id: number;
  readonly salt: Bytes;
}

export interface RegisterCounts {
  readonly insured: number;
  readonly children: number;
  readonly professionals: number;
}

export interface RegisterTable {
  count(): RegisterCounts;
  person(id: number): Person | null;
  findByNir(nir: string): Person | null;
  /** The insured person who holds both numbers. */
  findByNumbers(nir: string, serial: string): Person | null;
  /** Insured persons by the number of their attestations, then in the order of the register. */
  insured(limit: number): Person[];
  /** Insured persons without an attestation. */
  neverAttested(): Person[];
  /** The children of a person who are minors on that day, as it is in Paris. */
  minorChildren(id: number, today: Date): MinorChild[];
}

const PERSON = `
  SELECT id, nir, last_name AS lastName, first_name AS firstName, birth_date AS birthDate, card, serial, email, phone, salt
  FROM persons`;

const AGE_OF_MAJORITY = 18;

/** Years, months and days as they are where the register is kept, whatever the clock of the machine is set to. */
const DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Paris',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

export function createRegister({ db }: Store): RegisterTable {
  const byId = db.prepare(`${PERSON} WHERE id = ? AND kind = 'insured'`);
  const byNir = db.prepare(`${PERSON} WHERE nir = ? AND kind = 'insured'`);
  const leastAttested = db.prepare(
    `${PERSON} WHERE kind = 'insured'
     ORDER BY (SELECT count(*) FROM log WHERE log.person = persons.id AND log.kind = 'attestation'), id LIMIT ?`,
  );
  const unattested = db.prepare(
    `${PERSON} WHERE kind = 'insured' AND id NOT IN (SELECT person FROM log WHERE kind = 'attestation') ORDER BY id`,
  );
  const childrenOf = db.prepare(`
    SELECT id, last_name AS lastName, first_name AS firstName, birth_date AS birthDate, salt
    FROM guardians JOIN persons ON persons.id = guardians.child WHERE guardians.parent = ? ORDER BY birth_date, id`);

  function person(id: number): Person | null {
    return toPerson(byId.get(id));
  }

  return {
    person,

    count() {
      const counts = db
        .prepare(
          `SELECT (SELECT count(*) FROM persons WHERE kind = 'insured') AS insured,
                  (SELECT count(*) FROM persons WHERE kind = 'child') AS children,
                  (SELECT count(*) FROM professionals) AS professionals`,
        )
        .get();
      return { ...counts } as unknown as RegisterCounts;
    },

    findByNir: (nir) => toPerson(byNir.get(nir)),

    findByNumbers(nir, serial) {
      const found = toPerson(byNir.get(nir));
      return found?.serial === serial ? found : null;
    },

    insured: (limit) => leastAttested.all(limit).flatMap((row) => toPerson(row) ?? []),

    neverAttested: () => unattested.all().flatMap((row) => toPerson(row) ?? []),

    minorChildren(id, today) {
      const bornAfter = dayYearsBefore(today, AGE_OF_MAJORITY);
      const all = childrenOf.all(id) as unknown as MinorChild[];
      return all
        .filter(({ birthDate }) => birthDate > bornAfter)
        .map((child) => ({ ...child, salt: toOwned(child.salt) }));
    },
  };
}

/** The same day so many years before, as YYYY-MM-DD; a 29 February stays one, for comparing only. */
function dayYearsBefore(today: Date, years: number): string {
  const parts = new Map(DAY.formatToParts(today).map(({ type, value }) => [type, value]));
  return `${Number(parts.get('year')) - years}-${parts.get('month')}-${parts.get('day')}`;
}

function toPerson(row: Record<string, unknown> | undefined): Person | null {
  if (!row) return null;
  return { ...(row as unknown as Person), salt: toOwned(row['salt'] as Uint8Array) };
}
