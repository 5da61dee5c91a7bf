/** `npm run interop` over a folder of its own making: good files, bad files, and a count that adds up. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spanish } from '../fhir/foreign.ts';
import { interop } from './main.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carnet-interop-'));
  await mkdir(join(folder, 'inner'));
  await writeFile(join(folder, 'a-broken.json'), '{"resourceType":"Bundle"');
  await writeFile(join(folder, 'inner', 'spanish.json'), JSON.stringify(spanish));
  await writeFile(join(folder, 'inner', 'notes.txt'), 'not looked at');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('every resource of every bundle is mapped or kept; a malformed file is one line in words, and the rest goes on', async () => {
  const lines: string[] = [];
  expect(await interop(folder, (line) => lines.push(line))).toEqual({ files: 2, refused: 1, unaccounted: 0 });
  const text = lines.join('\n');
  expect(text).toMatch(/a-broken\.json: refused\. This file is not complete JSON/);
  expect(text).toMatch(/Condition +5 +4 +1 +→ conditions ×4; kept: not-a-fact/);
  expect(text).toMatch(/in all +14 +7 +7 /);
});
