import { expect, test } from 'vitest';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { DEMO_REGISTER } from './demo-register.ts';
import { importRegister } from './register-import.ts';
import { createRegister } from './register.ts';
import { openStore } from '../store.ts';

function world() {
  const store = openStore(':memory:');
  const random = seededRandom('register');
  return {
    store,
    register: createRegister(store),
    take: (csv: string) => importRegister(store, random, csv),
  };
}

test('importing again updates whom the file names, and keeps the salt of their identity', () => {
  const { register, take } = world();
  expect(take(DEMO_REGISTER)).toEqual({ ok: true, value: { insured: 12, children: 5, professionals: 6 } });
  const before = register.findByNir('286056912304562');
  take(DEMO_REGISTER.replace('Moreau;Camille', 'Moreau-Petit;Camille'));
  const after = register.findByNir('286056912304562');
  expect(after).toEqual({ ...before, lastName: 'Moreau-Petit' });
  expect(register.count()).toEqual({ insured: 12, children: 5, professionals: 6 });
});

test('a file with one wrong line changes nothing', () => {
  const { register, take } = world();
  expect(take(DEMO_REGISTER.replace('238091411800975', '238091411800976')).ok).toBe(false);
  expect(register.count()).toEqual({ insured: 0, children: 0, professionals: 0 });
});

test("Camille's five children are listed under both parents, until the day each comes of age", () => {
  const { register, take } = world();
  take(DEMO_REGISTER);
  const [camille, antoine, ghjulia] = register.insured(3).map(({ id }) => id) as [number, number, number];
  const names = (parent: number, today: string) =>
    register.minorChildren(parent, new Date(today)).map(({ firstName }) => firstName);
  expect(names(camille, '2026-11-23')).toEqual(['Jules', 'Inès', 'Noé', 'Zoé', 'Malo']);
  expect(names(antoine, '2026-11-23')).toEqual(names(camille, '2026-11-23'));
  expect(names(ghjulia, '2026-11-23')).toEqual([]);
  expect(names(camille, '2029-09-20')).toContain('Jules');
  expect(names(camille, '2029-09-21')).not.toContain('Jules');
});

test('a person is found by both numbers together and by neither with another', () => {
  const { register, take } = world();
  take(DEMO_REGISTER);
  expect(register.findByNumbers('286056912304562', '48210937561')?.firstName).toBe('Camille');
  expect(register.findByNumbers('286056912304562', '70163842915')).toBeNull();
  expect(register.findByNumbers('279022A00408794', '48210937561')).toBeNull();
  expect(register.findByNumbers('111096912331094', '48210937561')).toBeNull();
});
