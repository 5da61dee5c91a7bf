/**
 * "Nouveau code": sends a new code to the contact on file of who holds both numbers (ACT-04, ACT-10).
 *
 * The asker learns nothing: the answer is given before the work, and the work is the same whether or not the numbers
 * belong to anybody. At most three codes a person and day, so that knowing both numbers is no way to make trouble. One
 * request at a time is worked on: each costs an Argon2id.
 */
import { CODE_BYTES, deriveEnrolment, encodeCode } from '#lib/protocol/enrolment.ts';
import type { Codes } from './codes.ts';
import { primitives, type Random } from './primitives.ts';
import type { Person, RegisterTable } from './register/register.ts';

const DAY_MS = 24 * 3_600_000;
const CODES_PER_DAY = 3;
const MAX_WAITING = 100;

/** Brings a code to a person, by what the register knows of them. */
export type Deliver = (person: Person, code: string) => Promise<void> | void;

export interface Renewal {
  /** Takes the request and returns at once. */
  request(nir: string, serial: string): void;
  /** When everything asked for so far is done. */
  settled(): Promise<void>;
}

export interface RenewalDeps {
  readonly register: RegisterTable;
  readonly codes: Codes;
  readonly clock: { now(): number };
  readonly random: Random;
  readonly deliver: Deliver | null; // without one no code is issued: it would only withdraw the old
  readonly onFailure: (error: unknown) => void;
}

export function createRenewal({ register, codes, clock, random, deliver, onFailure }: RenewalDeps): Renewal {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  async function renew(nir: string, serial: string): Promise<void> {
    const person = register.findByNumbers(nir, serial);
    if (person && deliver && codes.issuedSince(person.id, clock.now() - DAY_MS) < CODES_PER_DAY)
      await deliver(person, await codes.issue(person));
    else await deriveEnrolment({ code: encodeCode(random(CODE_BYTES)), nir, serial }, primitives);
  }

  return {
    request(nir, serial) {
      if (waiting >= MAX_WAITING) return;
      waiting++;
      last = last
        .then(() => renew(nir, serial))
        .catch(onFailure)
        .finally(() => void waiting--);
    },
    settled: () => last,
  };
}
