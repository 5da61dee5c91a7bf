import { expect, test } from 'vitest';
import { RecordDocument } from './document/document.ts';
import { separate } from './recount.ts';

test('12: words whose numbers run against their order are found whole, and each is looked at once', () => {
  const COUNT = 500;
  let looked = 0;
  const word = (saying: string, seq: number, before: readonly string[]) => ({
    ...{ saying, seq, author: 'Alice phone' },
    get before() {
      looked++;
      return before;
    },
  });
  const line = Array.from({ length: COUNT }, (_, i) => word(`${i}`, COUNT - i, i === 0 ? [] : [`${i - 1}`]));
  const torn = [word('after', COUNT + 2, ['lost']), word('last', COUNT + 3, ['after', '7'])];
  const separated = separate([...torn, ...line], new Map(), new RecordDocument());
  expect(new Set(separated.whole)).toEqual(new Set(line));
  expect(separated.torn).toEqual(torn);
  expect(looked).toBeLessThanOrEqual(3 * COUNT);
});
