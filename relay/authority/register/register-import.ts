/**
 * Takes a register file into the store, all of it or nothing. Importing again updates whom the file names and removes
 * nobody; a person keeps the salt of their identity for ever, so that their attestations stay theirs.
 */
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Random } from '../primitives.ts';
import type { RegisterCounts } from './register.ts';
import {
  readRegister,
  type Child,
  type Insured,
  type Professional,
  type RegisterInvalid,
} from './register-file.ts';
import type { Store } from '../store.ts';

const SALT_BYTES = 32;

/** Takes in a CSV (register-file.ts) and says how many it named, or names every line that is wrong. */
export function importRegister(
  store: Store,
  random: Random,
  csv: string,
): Result<RegisterCounts, RegisterInvalid> {
  const byNir = store.db.prepare("SELECT 1 FROM persons WHERE nir = ? AND kind = 'insured'");
  const read = readRegister(csv, (nir) => byNir.get(nir) !== undefined);
  if (!read.ok) return read;
  const { insured, children, professionals } = read.value;
  store.transaction(() => {
    for (const each of insured) putInsured(store, each, random);
    for (const each of children) putChild(store, each, random);
    for (const each of professionals) putProfessional(store, each);
  });
  return ok({ insured: insured.length, children: children.length, professionals: professionals.length });
}

function putInsured({ db }: Store, insured: Insured, random: Random): void {
  db.prepare(
    `INSERT INTO persons (kind, nir, last_name, first_name, birth_date, card, serial, email, phone, salt)
     VALUES ('insured', ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (nir) DO UPDATE SET kind = 'insured', last_name = excluded.last_name, first_name = excluded.first_name,
       birth_date = excluded.birth_date, card = excluded.card, serial = excluded.serial, email = excluded.email,
       phone = excluded.phone`,
  ).run(
    insured.nir,
    insured.lastName,
    insured.firstName,
    insured.birthDate,
    insured.card,
    insured.serial,
    insured.email,
    insured.phone,
    random(SALT_BYTES),
  );
}

/** A child is known again by NIR, else by name, birth date and a parent. */
function putChild({ db }: Store, child: Child, random: Random): void {
  const parents = child.parents.map((nir) =>
    Number(db.prepare('SELECT id FROM persons WHERE nir = ?').get(nir)?.['id']),
  );
  const known =
    db.prepare('SELECT id FROM persons WHERE nir = ?').get(child.nir) ??
    db
      .prepare(
        `SELECT id FROM persons JOIN guardians ON guardians.child = persons.id
         WHERE parent = ? AND last_name = ? AND first_name = ? AND birth_date = ?`,
      )
      .get(parents[0] ?? null, child.lastName, child.firstName, child.birthDate);
  const id =
    known?.['id'] ??
    db
      .prepare(
        `INSERT INTO persons (kind, last_name, first_name, birth_date, salt) VALUES ('child', '', '', '', ?)`,
      )
      .run(random(SALT_BYTES)).lastInsertRowid;
  db.prepare(
    'UPDATE persons SET nir = ?, last_name = ?, first_name = ?, birth_date = ?, email = ?, phone = ? WHERE id = ?',
  ).run(child.nir, child.lastName, child.firstName, child.birthDate, child.email, child.phone, id);
  db.prepare('DELETE FROM guardians WHERE child = ?').run(id);
  for (const parent of parents)
    db.prepare('INSERT INTO guardians (child, parent) VALUES (?, ?)').run(id, parent);
}

function putProfessional({ db }: Store, professional: Professional): void {
  db.prepare(
    `INSERT INTO professionals (rpps, last_name, first_name, profession, email, phone) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (rpps) DO UPDATE SET last_name = excluded.last_name, first_name = excluded.first_name,
       profession = excluded.profession, email = excluded.email, phone = excluded.phone`,
  ).run(
    professional.rpps,
    professional.lastName,
    professional.firstName,
    professional.profession,
    professional.email,
    professional.phone,
  );
}
