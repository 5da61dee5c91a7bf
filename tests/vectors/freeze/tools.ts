/** What the makers of frozen vectors share: a seed, a tape of what was drawn, and ways to damage bytes. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import { seededRandom, type SeededRandom } from '../../helpers/tools/random.ts';

export type Row = Record<string, string | number>;

/** Randomness of its own for each file, so that a new file changes no other. */
export function seedOf(file: string): SeededRandom {
  return seededRandom(`carnet frozen vectors 1/${file}`);
}

/** What was drawn is part of a good vector, so that sealing can be held to it too. */
export function recorder(seeded: Random): { random: Random; tape: () => string } {
  const drawn: Bytes[] = [];
  const random: Random = (length) => {
    const bytes = seeded(length);
    drawn.push(bytes);
    return bytes;
  };
  return { random, tape: () => hex(concat(...drawn)) };
}

export function flip(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at < 0 ? bytes.length + at : at]! ^= 1;
  return copy;
}

export function replace(bytes: Bytes, at: number, by: Uint8Array): Bytes {
  const copy = bytes.slice();
  copy.set(by, at);
  return copy;
}

export function unhex(text: string): Bytes {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Writes a file that does not exist yet; leaves any other alone. */
export function write(name: string, about: string, rows: readonly Row[]): void {
  const path = join(import.meta.dirname, '../frozen', `${name}.json`);
  if (existsSync(path)) return;
  const columns = Object.keys(rows[0]!);
  const lines = rows.map((row) => '    ' + JSON.stringify(columns.map((column) => row[column])));
  const head = `  "about": ${JSON.stringify(about)},\n  "columns": ${JSON.stringify(columns)},\n`;
  writeFileSync(path, `{\n${head}  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`);
}
