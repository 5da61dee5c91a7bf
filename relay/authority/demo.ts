/**
 * Readable codes for the fictional register, for a Carnet that somebody tries on their own machine.
 *
 * The codes stand in clear in one file of the authority's folder, so that a second start can print those not used yet.
 * No other mode writes a code down, and none is written once the register holds anybody who is not fictional.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeIdOf, printCode } from '#lib/protocol/enrolment.ts';
import type { Codes } from './codes.ts';
import { DEMO_REGISTER } from './register/demo-register.ts';
import { sha256 } from './primitives.ts';
import type { Card } from './register/register-fields.ts';
import { readRegister } from './register/register-file.ts';
import type { Person, RegisterTable } from './register/register.ts';

const FILE = 'demo-codes.json';

/** How many persons have a code ready: those activated least often. */
const READY = 6;

/** All that the activation form asks for. */
export interface DemoCredential {
  readonly name: string;
  readonly code: string; // in groups of four
  readonly nir: string;
  readonly card: Card;
  readonly serial: string;
  /** Their minor children, as the register numbers them. */
  readonly children: readonly number[];
}

export interface Demo {
  /** Makes codes until enough persons have one that is good. */
  prepare(): Promise<void>;
  /** Keeps a code readable. */
  readonly keep: (person: Person, code: string) => void;
  /** What can be typed into the form now. */
  credentials(): DemoCredential[];
}

/** The demo of a data folder. */
export function createDemo(
  dataDir: string,
  { register, codes, clock }: { register: RegisterTable; codes: Codes; clock: { now(): number } },
): Demo {
  const path = join(dataDir, FILE);
  const codeByPerson = readCodes(path);

  const isGood = (code: string | undefined): code is string =>
    code !== undefined && codes.isGood(codeIdOf(code, sha256));

  function keep(person: Person, code: string): void {
    if (!isFictional(register)) return;
    codeByPerson.set(person.id, code);
    writeFileSync(path, JSON.stringify([...codeByPerson]), { mode: 0o600 });
  }

  return {
    keep,

    async prepare() {
      if (!isFictional(register)) return removeDemo(dataDir);
      const without = register.insured(READY).filter(({ id }) => !isGood(codeByPerson.get(id)));
      const issued = await Promise.all(without.map((person) => codes.issue(person)));
      for (const [index, person] of without.entries()) keep(person, issued[index] ?? '');
    },

    credentials() {
      return [...codeByPerson].flatMap(([id, code]) => {
        const person = register.person(id);
        if (!person || !isGood(code)) return [];
        const { firstName, lastName, nir, card, serial } = person;
        const children = register.minorChildren(id, new Date(clock.now())).map((child) => child.id);
        return [{ name: `${firstName} ${lastName}`, code: printCode(code), nir, card, serial, children }];
      });
    },
  };
}

/** Removes what only a demo may keep. */
export function removeDemo(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** Whether the register holds the fictional persons and nobody else. */
function isFictional(register: RegisterTable): boolean {
  const fictional = readRegister(DEMO_REGISTER);
  if (!fictional.ok) return false;
  const known = new Set(fictional.value.insured.map(({ nir }) => nir));
  const insured = register.insured(known.size + 1);
  return insured.length > 0 && insured.every(({ nir }) => known.has(nir));
}

function readCodes(path: string): Map<number, string> {
  if (!existsSync(path)) return new Map();
  try {
    const entries: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isEntry = (entry: unknown): entry is [number, string] =>
      Array.isArray(entry) && typeof entry[0] === 'number' && typeof entry[1] === 'string';
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}
