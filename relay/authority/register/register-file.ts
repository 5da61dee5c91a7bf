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
import { parseCsv, type CsvRow } from './csv.ts';
import {
  readCard,
  readDate,
  readName,
  readNamed,
  readNir,
  readOptionalNir,
  readParents,
  readRpps,
  type Card,
  type Line,
  type Named,
} from './register-fields.ts';

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
        rpps: readRpps(line),
        profession: readName(line, 'profession'),
      };
    default:
      return null;
  }
}
