import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, cleanLines, fold } from './text.ts';

describe('what a person types', () => {
  test('a line loses its blank edges, its controls and its direction overrides, and keeps its accents', () => {
    expect(cleanLine('  Pe\u0301nicilline \t\u0000 V\u202e ')).toBe('Pénicilline V');
  });

  test('several lines keep their breaks, whatever system they were typed on', () => {
    expect(cleanLines('un\r\ndeux  trois \n\n\n\nquatre\r')).toBe('un\ndeux trois\n\nquatre');
  });

  test('cleaning twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(cleanLine(cleanLine(text))).toBe(cleanLine(text));
        expect(cleanLines(cleanLines(text))).toBe(cleanLines(text));
      }),
    );
  });

  test('folding makes Œdème and oedeme the same word', () => {
    expect(fold('Œdème')).toBe('oedeme');
  });
});
