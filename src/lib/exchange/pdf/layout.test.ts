import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnOrder, runsOf } from './direction.ts';
import type { Face } from './face.ts';
import { paginate } from './paginate.ts';
import type { Row } from './rows.ts';
import { drawable, linesOf, MISSING } from './text.ts';

/** Every character is one wide, and there are none beyond Latin. */
const face: Face = {
  has: (character) => (character.codePointAt(0) ?? 0) < 0x250,
  width: (text) => [...text].length,
  encode: () => [],
  missed: () => {},
};

test('MED-03: lines hold every word in its order, and none is wider than the paper', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ' ', '\n', '-'), maxLength: 300 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), fc.nat({ max: 50 }), (written, width, taken) => {
      const indent = Math.min(taken, width);
      const lines = linesOf(written, face, width, indent);
      const bare = (some: string): string => some.replace(/\s/g, '');
      expect(bare(lines.join(''))).toBe(bare(written));
      lines.forEach((line, index) =>
        expect(line.length + (index === 0 && line !== '' ? indent : 0)).toBeLessThanOrEqual(width),
      );
    }),
  );
});

test('MED-03: a space of French that does not break a line does not', () => {
  expect(linesOf('aa bb\u00a0: cc', face, 6)).toEqual(['aa', 'bb\u00a0:', 'cc']);
});

test('MED-03: what the font does not have is marked, once for each sign, and an accent too many keeps its letter', () => {
  expect(drawable('a中b', face)).toBe(`a${MISSING}b`);
  expect(drawable('👩‍⚕️ ok', face)).toBe(`${MISSING} ok`);
  expect(drawable('x\u0331y', face)).toBe(`x${MISSING}y`);
  expect(drawable('e\u0301', face)).toBe('é');
  expect(drawable('a\u0007b\tc', face)).toBe('a b c');
});

test('MED-03: what is another form of plain signs is drawn as those, what cannot be seen is no sign, and the rest is told', () => {
  const missed: string[] = [];
  const telling = { ...face, missed: (sign: string) => void missed.push(sign) };
  expect(drawable('5\u00a0㎎, １２ ㎏', telling)).toBe('5\u00a0mg, 12 kg');
  expect(drawable('𝓑𝓸𝓷', telling)).toBe('Bon');
  expect(drawable('a\u2060b', telling)).toBe('ab');
  expect(missed).toEqual([]);
  drawable('日本 👩‍⚕️', telling);
  expect(missed).toEqual(['日', '本', '👩‍⚕️']);
});

test('MED-03: words from right to left stand in their order, with the numbers between them', () => {
  expect(drawnOrder(['le', 'אב', '12', 'גד', 'fin'])).toEqual(['le', 'גד', '12', 'אב', 'fin']);
  expect(drawnOrder(['אב', '12'])).toEqual(['אב', '12']);
  expect(drawnOrder(['a', 'b'])).toEqual(['a', 'b']);
});

test('MED-03: letters that join are encoded together, all others one by one', () => {
  expect([...runsOf('a(אב)1')]).toEqual(['a', '(', 'אב', ')', '1']);
  expect([...runsOf('né😀')]).toEqual(['n', 'é', '😀']);
});

const HEIGHT = 100;
const anyRow = fc.record({
  height: fc.integer({ min: 5, max: 30 }),
  gap: fc.integer({ min: 0, max: 10 }),
  keep: fc.boolean(),
});
const made = ({ height, gap, keep }: { height: number; gap: number; keep: boolean }): Row => ({
  ...{ cells: [], height, gap, keep },
});

test('MED-03: a heading is never the last of its page, and no page is fuller than it is high', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 60 }), (given) => {
      const rows = given.map(made);
      const pages = paginate(rows, HEIGHT);
      expect(pages.flatMap((page) => page.map(({ row }) => row))).toEqual(rows);
      for (const [index, page] of pages.entries()) {
        for (const { y } of page) expect(y).toBeGreaterThanOrEqual(0);
        const last = page.at(-1);
        if (index === pages.length - 1 || !last?.row.keep) continue;
        // Only what is kept together and higher than a page may be divided.
        const at = rows.indexOf(last.row);
        let [from, to] = [at, at];
        while (from > 0 && rows[from - 1]!.keep) from -= 1;
        while (rows[to]!.keep && to < rows.length - 1) to += 1;
        const together = rows.slice(from, to + 1).reduce((sum, row) => sum + row.gap + row.height, 0);
        expect(together).toBeGreaterThan(HEIGHT);
      }
    }),
  );
});

test('MED-03: a table that goes on has its head again, as furniture', () => {
  const head = made({ height: 10, gap: 0, keep: false });
  const rows = Array.from({ length: 12 }, () => ({ ...made({ height: 10, gap: 0, keep: false }), head }));
  const pages = paginate([{ ...head, keep: true }, ...rows], HEIGHT);
  expect(pages).toHaveLength(2);
  expect(pages[1]?.[0]?.row).toBe(head);
  expect(pages.flat()).toHaveLength(14);
});
