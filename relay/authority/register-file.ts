/**
 * The register as a file: one CSV with a header line, one person a line, checked as a whole before any of it is taken.
 *
 *   kind          insured · child · professional
 *   nir           insured: required, key checked · child: optional
 *   lastName, firstName
 *   birthDate     insured and child: YYYY-MM-DD
 *   card, serial  insured: photo (11 digits, or all 21 printed) · plain (8 to 13 digits)
 *   email, phone  optional
 *   parent1, parent2   child: the NIR of one or two insured persons, of this file or already in the register
 *   rpps, profession   professional: 11 digits; what they are
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { normaliseSerial } from '#lib/protocol/enrolment.ts';
import { parseCsv, type CsvRow } from './csv.ts';
import { parseNir } from './nir.ts';

export type Card = 'photo' | 'plain';

interface Named {
  readonly lastName: string;
  readonly firstName: string;
  readonly email: string | null;
  readonly phone: string | null;
}

export interface Insured extends Named {
  readonly nir: string;
  readonly birthDate: string;
  readonly card: Card;
  readonly serial: string;
}

export interface Child extends Named {
  readonly nir: string | null;
  readonly birthDate: string;
  readonly parents: readonly string[]; // their NIR
}

export interface Professional extends Named {
  readonly rpps: string;
  readonly profession: string;
}

export interface Register {
  readonly insured: readonly Insured[];
  readonly children: readonly Child[];
  readonly professionals: readonly Professional[];
}

export interface RegisterProblem {
  readonly line: number;
  readonly problem: string;
}

export interface RegisterInvalid {
  readonly type: 'register-invalid';
  readonly problems: readonly RegisterProblem[]; // in the order of the lines
}

const COLUMNS = [
  'kind',
  'nir',
  'lastName',
  'firstName',
  'birthDate',
  'card',
  'serial',
  'email',
  'phone',
].concat(['parent1', 'parent2', 'rpps', 'profession']);
const KINDS = ['insured', 'child', 'professional'];
const MAX_NAME = 100;

/** Reads one line; a missing or wrong value is reported and replaced by an empty one. */
interface Line {
  readonly value: (column: string) => string;
  readonly report: (problem: string) => void;
}

/** The register of a CSV, or every problem it has. `isKnown` tells whom the register already holds. */
export function readRegister(
  csv: string,
  isKnown: (nir: string) => boolean = () => false,
): Result<Register, RegisterInvalid> {
  const [header, ...rows] = parseCsv(csv);
  const problems: RegisterProblem[] = [];
  const columns = readHeader(header, problems);
  if (problems.length > 0) return fail({ type: 'register-invalid', problems });

  const insured: Insured[] = [];
  const children: Child[] = [];
  const professionals: Professional[] = [];
  const firstLine = new Map<string, number>();
  const parents: { nir: string; line: Line }[] = [];

  for (const row of rows) {
    const line: Line = {
      value: (column) => row.cells[columns.indexOf(column)] ?? '',
      report: (problem) => problems.push({ line: row.line, problem }),
    };
    if (row.cells.length > columns.length) line.report('more values than columns');
    const person = readPerson(line);
    const number = person && ('rpps' in person ? person.rpps : person.nir);
    if (number) {
      const first = firstLine.get(number);
      if (first === undefined) firstLine.set(number, row.line);
      else line.report(`the same number as line ${first}`);
    }
    if (!person) line.report(`kind must be one of ${KINDS.join(', ')}`);
    else if ('rpps' in person) professionals.push(person);
    else if ('parents' in person) {
      children.push(person);
      parents.push(...person.parents.map((nir) => ({ nir, line })));
    } else insured.push(person);
  }

  const inFile = new Set(insured.map(({ nir }) => nir));
  for (const { nir, line } of parents)
    if (!inFile.has(nir) && !isKnown(nir)) line.report('a parent is not an insured person of this register');
  if (problems.length > 0)
    return fail({ type: 'register-invalid', problems: problems.sort((a, b) => a.line - b.line) });
  return ok({ insured, children, professionals });
}

function readHeader(header: CsvRow | undefined, problems: RegisterProblem[]): readonly string[] {
  const line = header?.line ?? 1;
  const columns = header?.cells ?? [];
  for (const missing of COLUMNS.filter((column) => !columns.includes(column)))
    problems.push({ line, problem: `the column ${missing} is missing` });
  for (const unknown of columns.filter((column) => !COLUMNS.includes(column)))
    problems.push({ line, problem: `the column ${unknown || '(empty)'} is unknown` });
  return columns;
}

function readPerson(line: Line): Insured | Child | Professional | null {
  switch (line.value('kind')) {
    case 'insured':
      return { ...readNamed(line), ...readCard(line), nir: readNir(line, 'nir'), birthDate: readDate(line) };
    case 'child':
      return {
        ...readNamed(line),
        nir: readOptionalNir(line),
        birthDate: readDate(line),
        parents: readParents(line),
      };
    case 'professional':
      return {
        ...readNamed(line),
        rpps: required(line, 'rpps', (text) => (/^\d{11}$/.test(text) ? text : null), 'must be 11 digits'),
        profession: readName(line, 'profession'),
      };
    default:
      return null;
  }
}

function readNamed(line: Line): Named {
  return {
    lastName: readName(line, 'lastName'),
    firstName: readName(line, 'firstName'),
    email: optional(
      line,
      'email',
      (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : null),
      'is not an e-mail address',
    ),
    phone: optional(line, 'phone', readPhone, 'is not a telephone number'),
  };
}

function readCard(line: Line): { card: Card; serial: string } {
  const card: Card = line.value('card') === 'photo' ? 'photo' : 'plain';
  if (!['photo', 'plain'].includes(line.value('card'))) line.report('card must be photo or plain');
  const isSerial = (text: string) => {
    const serial = normaliseSerial(text);
    return serial !== null && (card === 'plain' || serial.length === 11) ? serial : null;
  };
  const wanted =
    card === 'photo' ? 'must be 11 digits, or the 21 printed on the card' : 'must be 8 to 13 digits';
  return { card, serial: required(line, 'serial', isSerial, wanted) };
}

function readParents(line: Line): string[] {
  const parents = [readNir(line, 'parent1')];
  if (line.value('parent2') !== '') parents.push(readNir(line, 'parent2'));
  if (new Set(parents).size < parents.length) line.report('parent1 and parent2 are the same person');
  return parents.filter((nir) => nir !== '');
}

function readNir(line: Line, column: string): string {
  return required(line, column, parseNir, 'is not a NIR with a right key');
}

function readOptionalNir(line: Line): string | null {
  return optional(line, 'nir', parseNir, 'is not a NIR with a right key');
}

function readName(line: Line, column: string): string {
  const fits = (text: string) => (text !== '' && text.length <= MAX_NAME ? text.normalize('NFC') : null);
  return required(line, column, fits, `must have 1 to ${MAX_NAME} characters`);
}

function readDate(line: Line): string {
  return required(line, 'birthDate', (text) => (isDate(text) ? text : null), 'must be a date, YYYY-MM-DD');
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readPhone(text: string): string | null {
  const digits = text.replace(/[\s.-]/g, '');
  return /^(\+\d{8,15}|0\d{9})$/.test(digits) ? digits : null;
}

function required(
  line: Line,
  column: string,
  read: (text: string) => string | null,
  complaint: string,
): string {
  const value = read(line.value(column));
  if (value === null) line.report(`${column} ${complaint}`);
  return value ?? '';
}

function optional(
  line: Line,
  column: string,
  read: (text: string) => string | null,
  complaint: string,
): string | null {
  return line.value(column) === '' ? null : required(line, column, read, complaint);
}
