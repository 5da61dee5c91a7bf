/** A vector file as its rows read by column name. Environment-neutral: it runs in Node and in a browser. */
import { equal, fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';

export interface VectorFile {
  readonly columns: readonly string[];
  readonly cases: readonly (readonly (string | number)[])[];
}

export class Case {
  readonly #columns: readonly string[];
  readonly #row: readonly (string | number)[];

  constructor(columns: readonly string[], row: readonly (string | number)[]) {
    this.#columns = columns;
    this.#row = row;
  }

  text(column: string): string {
    return String(this.#cell(column));
  }

  number(column: string): number {
    return Number(this.#cell(column));
  }

  bytes(column: string): Bytes {
    return fromHex(this.text(column));
  }

  /** Whether the column holds these bytes, in hexadecimal or, after `#`, by their SHA-256. */
  holds(column: string, bytes: Bytes): boolean {
    const expected = this.text(column);
    return expected.startsWith('#')
      ? equal(sha256(bytes), fromHex(expected.slice(1)))
      : expected === hex(bytes);
  }

  #cell(column: string): string | number {
    const cell = this.#row[this.#columns.indexOf(column)];
    if (cell === undefined) throw new Error(`no column ${column}`);
    return cell;
  }
}

/** A file of vectors and the question put to the code for each: does it agree? */
export interface VectorSet {
  readonly name: string;
  readonly file: VectorFile;
  readonly agrees: (vector: Case) => boolean | Promise<boolean>;
}

export function casesOf({ columns, cases }: VectorFile): Case[] {
  return cases.map((row) => new Case(columns, row));
}

/** What `compute` gives, or null when it throws. */
export async function orNull<T>(compute: () => T | Promise<T>): Promise<T | null> {
  try {
    return await compute();
  } catch {
    return null;
  }
}

/** The content of a blob vector: bytes that no chunk shares with its neighbour. */
export function pattern(length: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff);
}
