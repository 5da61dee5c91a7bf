import { expect, test } from 'vitest';
import { measureKind } from '#lib/record/measure-kinds.ts';
import { measuredByKind, seriesOf } from '#lib/record/measures.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import { tableOf } from './measures-file.ts';

const entry = (n: number, fields: Record<string, string | number>) => ({
  ...{ id: fixedEntryId(`v${n}`), section: 'measures', fields, createdAt: n, updatedAt: n },
});

test('MED-46: the file of the blood pressures has a column for each of the two numbers, dates as they are known', () => {
  const entries = [
    entry(1, { kind: 'pressure', date: '2025', value: 131, second: 84 }),
    entry(2, {
      kind: 'pressure',
      date: '2026-11-23',
      time: '08:30',
      value: 128,
      second: 82,
      comment: 'assis',
    }),
  ];
  const series = seriesOf('pressure', measuredByKind(entries, '1984-05-12').get('pressure'));
  expect(tableOf(measureKind('pressure'), series)).toEqual({
    head: ['Date', 'Heure', 'Systolique (mmHg)', 'Diastolique (mmHg)', 'Informations complémentaires'],
    rows: [
      ['2025', null, 131, 84, null],
      ['2026-11-23', '08:30', 128, 82, 'assis'],
    ],
  });
});

test('MED-49: a measure without unit is named by its title alone', () => {
  const series = seriesOf(
    'steps',
    measuredByKind([entry(1, { kind: 'steps', date: '2026', value: 8000 })], '1984').get('steps'),
  );
  expect(tableOf(measureKind('steps'), series).head[2]).toBe('Nombre de pas');
});
