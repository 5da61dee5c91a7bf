import { describe, expect, test } from 'vitest';
import { formatSigns } from './signs.ts';
import {
  compareWords,
  formatDay,
  formatList,
  formatMoment,
  formatPartial,
  formatSize,
  formatWeekday,
} from './format.ts';

describe('formats', () => {
  test('MED-10: a partial date is written no more precisely than it is known', () => {
    expect(formatPartial('1984')).toBe('1984');
    expect(formatPartial('1984-05')).toBe('mai 1984');
    expect(formatPartial('1984-05-01')).toBe('1er mai 1984');
  });

  test('in French the first of a month is written 1er, and no other number is', () => {
    expect(formatPartial('1984-05-11')).toBe('11 mai 1984');
    const first = new Date(2026, 11, 1, 1, 1).getTime();
    expect(formatDay(first)).toBe('1er décembre 2026');
    expect(formatMoment(first)).toMatch(/^1er déc\. 2026.*01:01$/);
    expect(formatWeekday(first)).toBe('mardi 1er décembre');
  });

  test('DOC-08: sizes are counted as the limit is, in decimal megabytes', () => {
    expect(formatSize(1)).toBe('1\u00a0octet');
    expect(formatSize(5_000_000)).toBe('5\u00a0Mo');
    expect(formatSize(1_234_567)).toBe('1,2\u00a0Mo');
    expect(formatSize(999_600)).toBe('1\u00a0Mo');
  });

  test('words are ordered as readers expect', () => {
    expect(['zinc', 'Œuf', 'écrevisse', 'Ébène', 'arachide', 'lot 10', 'lot 2'].sort(compareWords)).toEqual([
      'arachide',
      'Ébène',
      'écrevisse',
      'lot 2',
      'lot 10',
      'Œuf',
      'zinc',
    ]);
    expect(formatList(['Arachide', 'Latex', 'Pollen'])).toBe('Arachide, Latex et Pollen');
  });
});

test('MED-03: signs that a paper lacks are told by the names of their scripts', () => {
  expect(formatSigns(['日', '本', '🤧', '\u{10ffff}'])).toBe(
    'sinogrammes (日 本), emoji (🤧), symboles (\u{10ffff})',
  );
});
