import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { authorityWorld, CAMILLE, typeIn } from '../../../tests/helpers/worlds/authority.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { parseCsv } from './csv.ts';

// The letters are written by another process.
vi.unmock('../primitives.ts');

const HEADER =
  'kind,nir,lastName,firstName,birthDate,card,serial,email,phone,parent1,parent2,rpps,profession';
const LINE = `insured,${CAMILLE.nir},Moreau,"Camille; dite ""Cam""",1986-05-14,photo,${CAMILLE.serial}`;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'carnet-import-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const script = join(import.meta.dirname, 'import.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, out, err) =>
      resolve({ code: error ? 1 : 0, out, err }),
    );
  });
}

test('an operator imports a register, and the letters it writes activate', async () => {
  const at = folder();
  writeFileSync(join(at, 'register.csv'), `${HEADER}\n${LINE}\n`);
  const letters = join(at, 'letters.csv');
  const done = await run(join(at, 'authority'), join(at, 'register.csv'), letters);
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).toContain('1 insured persons, 0 children, 0 professionals.');
  expect(statSync(letters).mode & 0o777).toBe(0o600);
  const [, row] = parseCsv(readFileSync(letters, 'utf8'));
  expect(row?.cells.slice(0, 2)).toEqual(['Moreau', 'Camille; dite "Cam"']);
  const carnet = await authorityWorld({
    dataDir: join(at, 'authority'),
    clock: fakeClock(Date.now()), // the letters are of today
  });
  onTestFinished(() => carnet.close());
  expect(await carnet.enrol(await typeIn({ code: row?.cells[4] ?? '', ...CAMILLE }))).toBeInstanceOf(
    Uint8Array,
  );
});

test('a register with a wrong line is refused by its line, and nothing of it is taken', async () => {
  const at = folder();
  writeFileSync(join(at, 'register.csv'), `${HEADER}\n${LINE}\ninsured,1,,,,,\n`);
  const done = await run(join(at, 'authority'), join(at, 'register.csv'));
  expect(done.code).toBe(1);
  expect(done.err).toContain('Nothing was imported');
  expect(done.err).toContain('line 3: nir is not a NIR with a right key');
  expect((await run()).err).toContain('FOLDER REGISTER.csv');
});
