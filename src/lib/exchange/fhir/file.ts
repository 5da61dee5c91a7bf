/**
 * A file as the JSON values in it: how its bytes are written, and whether it is one value or one on each line. What it may
 * be is looked at before anything is built from it.
 */
import type { Json } from '#lib/record/fhir.ts';
import { MAX_ORIGINAL_BYTES } from '#lib/record/sections/documents.ts';
import { decode as decodeAs, guessEncoding } from '#lib/text/encoding.ts';
import { isObject } from './json.ts';

export type Unreadable = 'too-large' | 'too-deep' | 'not-text' | 'not-json' | 'not-fhir' | 'xml';

/** As large as the file may be that is kept beside what was read of it; a whole record of many years is smaller. */
export const MAX_FILE = MAX_ORIGINAL_BYTES;
/** Resources nest some ten levels deep; a parser that recurses is not to be met with a million. */
const MAX_DEPTH = 100;
/** As many bytes say how the others are most likely written. */
const GUESSED_BY = 1_000_000;

/** Bytes that are no UTF-8 do not say what they are: what they most likely are is guessed, and told. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'guessed';

export interface FileValues {
  readonly values: readonly Json[];
  readonly encoding: Encoding;
  /** One value on each line. */
  readonly isByLine: boolean;
  /** Numbers of the lines that are no JSON. */
  readonly badLines: readonly number[];
}

export type FileReading =
  ({ readonly ok: true } & FileValues) | { readonly ok: false; readonly problem: Unreadable };

/** Size and depth are looked at before anything is parsed. */
export function readFile(bytes: Uint8Array): FileReading {
  if (bytes.length > MAX_FILE) return refused('too-large');
  const decoded = decode(bytes);
  if (!decoded) return refused('not-text');
  const { text, encoding } = decoded;
  if (/^\s*</.test(text)) return refused('xml');
  const whole = parse(text);
  if (whole === 'too-deep') return refused('too-deep');
  if (whole !== undefined)
    return { ok: true, values: [whole.value], encoding, isByLine: false, badLines: [] };
  return byLine(text, encoding);
}

function refused(problem: Unreadable): FileReading {
  return { ok: false, problem };
}

/** Resources one below the other, as whole systems are exported; a line that was cut is told, the others are read. */
function byLine(text: string, encoding: Encoding): FileReading {
  const values: Json[] = [];
  const badLines: number[] = [];
  for (const [index, line] of text.split(/\r?\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const parsed = parse(line);
    if (parsed === 'too-deep') return refused('too-deep');
    if (parsed && isObject(parsed.value)) values.push(parsed.value);
    else badLines.push(index + 1);
  }
  return values.length > 0 && values.length >= badLines.length
    ? { ok: true, values, encoding, isByLine: true, badLines }
    : refused('not-json');
}

function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: Encoding } | null {
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch {
    if (encoding !== 'utf-8') return null;
  }
  // One byte that is wrong says nothing of the others.
  const guess = guessEncoding(bytes.subarray(0, GUESSED_BY)).encoding;
  return { text: decodeAs(bytes, guess).text, encoding: 'guessed' };
}

/** By the mark at the beginning, or by where the zeros stand: JSON begins with two signs of ASCII. */
function encodingOf([first, second]: Uint8Array): Exclude<Encoding, 'guessed'> {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (second === 0 && first !== 0) return 'utf-16le';
  if (first === 0 && second !== 0) return 'utf-16be';
  return 'utf-8';
}

function parse(text: string): { readonly value: Json } | 'too-deep' | undefined {
  if (depthOf(text) > MAX_DEPTH) return 'too-deep';
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** How deep brackets nest, those within strings apart. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === 0x22) index = endOfString(text, index);
    else if (sign === 0x7b || sign === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (sign === 0x7d || sign === 0x5d) depth -= 1;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === 0x5c) index += 1;
    else if (sign === 0x22) return index;
  }
  return text.length;
}
