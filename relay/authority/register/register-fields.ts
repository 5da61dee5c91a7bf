/**
 * The values of one line of a register file, each read by its rule. What is wrong is reported against the line and read
 * as empty, so that one pass finds every problem.
 */
import { parseNir } from '#lib/credentials/nir.ts';
import { normaliseSerial } from '#lib/credentials/vitale.ts';
import { hasSomethingToSee } from '#lib/text/signs.ts';
import { cleanLine } from '#lib/text/typed.ts';

export type Card = 'photo' | 'plain';

export interface Named {
  readonly lastName: string;
  readonly firstName: string;
  readonly email: string | null;
  readonly phone: string | null;
}

/** One line of the file, by the names of its columns. */
export interface Line {
  readonly value: (column: string) => string;
  readonly report: (problem: string) => void;
}

const MAX_NAME = 100;

export function readNamed(line: Line): Named {
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

export function readCard(line: Line): { card: Card; serial: string } {
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

export function readParents(line: Line): string[] {
  const parents = [readNir(line, 'parent1')];
  if (line.value('parent2') !== '') parents.push(readNir(line, 'parent2'));
  if (new Set(parents).size < parents.length) line.report('parent1 and parent2 are the same person');
  return parents.filter((nir) => nir !== '');
}

export function readNir(line: Line, column: string): string {
  return required(line, column, parseNir, 'is not a NIR with a right key');
}

export function readOptionalNir(line: Line): string | null {
  return optional(line, 'nir', parseNir, 'is not a NIR with a right key');
}

export function readName(line: Line, column: string): string {
  const fits = (text: string): string | null => {
    const name = cleanLine(text);
    return hasSomethingToSee(name) && name.length <= MAX_NAME ? name : null;
  };
  return required(line, column, fits, `must have 1 to ${MAX_NAME} characters`);
}

export function readDate(line: Line): string {
  return required(line, 'birthDate', (text) => (isDate(text) ? text : null), 'must be a date, YYYY-MM-DD');
}

export function readRpps(line: Line): string {
  return required(line, 'rpps', (text) => (/^\d{11}$/.test(text) ? text : null), 'must be 11 digits');
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
