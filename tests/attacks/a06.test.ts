import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LABELS } from '#lib/crypto/suite.ts';
import { oneKey, SEALED_TYPES, SIGNED_TYPES, type OneKey } from '../helpers/hostile/message-types.ts';

/**
 * A06: a signature or ciphertext of one type is presented as another. The rows stand in helpers/hostile/message-types.ts; all
 * of them use one and the same key, which no honest part of the product does.
 */
let key: OneKey;
beforeAll(async () => {
  key = await oneKey();
});

describe('A06: what was made for one purpose serves no other', () => {
  test(`A06: of ${SIGNED_TYPES.length} types of signature, all ${SIGNED_TYPES.length ** 2} pairs hold apart`, async () => {
    const made = await Promise.all(SIGNED_TYPES.map((type) => type.make(key)));
    for (const [i, { signature }] of made.entries()) {
      for (const [j, { takes }] of made.entries()) {
        const pair = `${SIGNED_TYPES[i]!.name}, presented as ${SIGNED_TYPES[j]!.name}`;
        expect(await takes(signature), pair).toBe(i === j);
      }
    }
  });

  test(`A06: of ${SEALED_TYPES.length} types of ciphertext, all ${SEALED_TYPES.length ** 2} pairs hold apart`, async () => {
    const made = await Promise.all(SEALED_TYPES.map((type) => type.make(key)));
    for (const [i, { sealed }] of made.entries()) {
      for (const [j, { opens }] of made.entries()) {
        const pair = `${SEALED_TYPES[i]!.name}, presented as ${SEALED_TYPES[j]!.name}`;
        expect(await opens(sealed), pair).toBe(i === j);
        // Formats differ by a leading byte here and there: with it put on or taken off nothing opens either.
        if (i === j) continue;
        expect(await opens(Uint8Array.from([1, ...sealed])), pair).toBe(false);
        expect(await opens(sealed.slice(1)), pair).toBe(false);
      }
    }
  });

  test('A06: no label is the beginning of another, in crypto and in the protocol', () => {
    const labels = [...new Set([...Object.values<string>(LABELS), ...labelsOf('src/lib/protocol')])];
    expect(labels.length).toBeGreaterThan(Object.keys(LABELS).length);
    expect(new Set(Object.values(LABELS)).size).toBe(Object.keys(LABELS).length);
    for (const label of labels) {
      for (const other of labels)
        expect(label !== other && other.startsWith(label), `${label} ${other}`).toBe(false);
    }
  });
});

/** Every label in the sources of a folder. */
function labelsOf(folder: string): string[] {
  const root = join(import.meta.dirname, '../..', folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.ts$/.test(name),
  );
  return files.flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8');
    return [...text.matchAll(/utf8\('(carnet\/[^']+)'\)/g)].map((match) => match[1]!);
  });
}
