/** Each sabotage breaks exactly one place of the tree as it stands, and names tests that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SABOTAGES } from './list.ts';
import { broken } from './sabotage.ts';

const ROOT = join(import.meta.dirname, '../..');

test('no two sabotages have one name, or break one file alike', () => {
  const ids = SABOTAGES.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  const results = SABOTAGES.map(
    (one) => `${one.file}\n${broken(readFileSync(join(ROOT, one.file), 'utf8'), one)}`,
  );
  expect(new Set(results).size).toBe(results.length);
});

describe.each(SABOTAGES.map((one) => [one.id, one] as const))('%s', (_, sabotage) => {
  test('stands at exactly one place and changes it', () => {
    const text = readFileSync(join(ROOT, sabotage.file), 'utf8');
    expect(text.split(sabotage.find).length - 1, sabotage.find).toBe(1);
    expect(broken(text, sabotage)).not.toBe(text);
  });

  test('is noticed by tests that there are, and says what would be lost', () => {
    expect(sabotage.tests.length).toBeGreaterThan(0);
    expect(
      sabotage.tests.filter((file) => !/\.(test|e2e)\.ts$/.test(file) || !existsSync(join(ROOT, file))),
    ).toEqual([]);
    expect(sabotage.why.length).toBeGreaterThan(15);
  });
});
