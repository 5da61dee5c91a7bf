import { describe, expect, test } from 'vitest';
import { compareWords, formatList, formatPartial, formatSize } from './format.ts';

describe('formats', () => {
  test('MED-10: a partial date is written no more precisely than it is known', () => {
    expect(formatPartial('1984')).toBe('1984');
    expect(formatPartial('1984-05')).toBe('mai 1984');
    expect(formatPartial('1984-05-01')).toBe('1 mai 1984');
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
