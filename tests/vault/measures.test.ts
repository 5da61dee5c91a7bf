/** Measures through the door: summaries in the record, values by kind, all of them in the copy a person takes away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Edit } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import type { Fields } from '#lib/record/section.ts';
import {
  activate,
  eventually,
  good,
  link,
  proven,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

const measure = (fields: Fields, id = immutableId('measures', fields, sha256)): Edit => ({
  ...{ type: 'put', section: 'measures', id, fields },
});

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  await activate(laptop, world.credentials(0));
}, 60_000);
afterAll(() => world?.close());

test('MED-41 MED-42 MED-46: Alice writes values; the record sums them up, the door gives them by kind', async () => {
  good(
    await laptop.vault.edit('moi', [
      measure({ kind: 'height', date: '2015', value: 1.7 }),
      measure({ kind: 'weight', date: '2026-01-05', value: 72.25 }),
      measure({ kind: 'pressure', date: '2026-01-05', time: '08:30', value: 128, second: 82 }),
    ]),
  );
  const record = good(await laptop.vault.record('moi'));
  expect(record.entries).not.toHaveProperty('measures');
  expect(record.measures.weight).toMatchObject({ count: 1, last: { value: 72.25 } });
  expect(record.measures.bmi?.last.value).toBeCloseTo(25);
  const { values, seconds, times } = good(await laptop.vault.measures('moi', 'pressure'));
  expect([values, seconds, times]).toEqual([[128], [82], ['08:30']]);
  expect(good(await laptop.vault.measures('moi', 'head')).ids).toEqual([]);
});

test('MED-54: a value is corrected by deleting it and writing another, never by changing it', async () => {
  const [id = ''] = good(await laptop.vault.measures('moi', 'weight')).ids;
  const right = { kind: 'weight', date: '2026-01-05', value: 71.25 };
  expect(await laptop.vault.edit('moi', [measure(right, id)])).toEqual({
    ok: false,
    error: { type: 'entry-invalid', problems: [{ field: 'id', problem: 'immutable' }] },
  });
  const { stamp } = good(await laptop.vault.record('moi')).measures.weight!;
  good(await laptop.vault.edit('moi', [{ type: 'delete', section: 'measures', id }, measure(right)]));
  expect(good(await laptop.vault.measures('moi', 'weight')).values).toEqual([71.25]);
  expect(good(await laptop.vault.record('moi')).measures.weight?.stamp).not.toBe(stamp);
});

test('MED-51: what was entered on one device is found on the other', async () => {
  await link(laptop, phone);
  const values = await eventually(
    async () => good(await phone.vault.measures('moi', 'weight')).values,
    ({ length }) => length === 1,
  );
  expect(values).toEqual([71.25]);
});

test('MED-39: the copy that a person takes away holds every value', async () => {
  const copy = JSON.parse(await good(await (await proven(laptop)).exportRecord('moi')).text()) as {
    entries: { measures: { fields: { kind: string } }[] };
  };
  expect(copy.entries.measures.map(({ fields }) => fields.kind).sort()).toEqual([
    'height',
    'pressure',
    'weight',
  ]);
});
