/** The ids of what is written once, as the pages make them. */
import { expect, test } from 'vitest';
import { checkEdit } from '#lib/record/sections.ts';
import { directives } from '#lib/record/sections/directives.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { sha256 } from '../../../../tests/helpers/tools/hash.ts';
import { immutableEntryId, newEntryId, saidAgain } from './entry-id.ts';

const NOW = { y: 2026, m: 11, d: 23 };

test('rule 17: a page names what is written once as the vault does, however it was typed', async () => {
  const fields = { kind: 'weight', date: ' 2020-01-05 ', time: '', value: 72.4, comment: ' à  jeun ' };
  const id = await immutableEntryId(measures, fields);
  expect(id).toBe(
    await immutableEntryId(measures, { kind: 'weight', date: '2020-01-05', value: 72.4, comment: 'à jeun' }),
  );
  expect(checkEdit({ type: 'put', section: 'measures', id, fields }, undefined, NOW, sha256).ok).toBe(true);
  const wrong = { type: 'put', section: 'measures', id: newEntryId(), fields } as const;
  expect(checkEdit(wrong, undefined, NOW, sha256).ok).toBe(false);
});

test('rule 17: what cannot be written is told by its problems, not by its id', async () => {
  const fields = { kind: 'weight', date: 'hier', value: 72.4 };
  const id = await immutableEntryId(measures, fields);
  expect(checkEdit({ type: 'put', section: 'measures', id, fields }, undefined, NOW, sha256)).toEqual({
    ok: false,
    problems: [{ field: 'date', problem: 'not-a-date' }],
  });
});

test('DIR-04: who revokes twice in one day, or confirms again what was revoked, says something new each time', async () => {
  const revoked = { kind: 'revoked', date: '2026-06-05' };
  const first = await saidAgain(directives, revoked, []);
  expect(first).toEqual({ id: await immutableEntryId(directives, revoked), fields: revoked });
  const second = await saidAgain(directives, revoked, [first.id]);
  expect(second.fields).toEqual({ ...revoked, again: 1 });
  const third = await saidAgain(directives, revoked, [first.id, second.id]);
  expect(third.fields).toEqual({ ...revoked, again: 2 });
  expect(new Set([first, second, third].map(({ id }) => id)).size).toBe(3);
});
