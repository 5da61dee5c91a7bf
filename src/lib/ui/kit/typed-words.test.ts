import { expect, test } from 'vitest';
import { displayed, WORDS } from '#lib/credentials/kit-words.ts';
import { help } from './word-help.ts';
import { TypedWords } from './typed-words.svelte.ts';

const KIT = WORDS.filter((_, index) => index % 85 === 3)
  .slice(0, 24)
  .map(displayed);

async function fields(words = KIT.map(() => '')) {
  const typed = new TypedWords({ get: () => words, set: (index, word) => (words[index] = word) }, () =>
    Promise.resolve(help),
  );
  await Promise.resolve();
  return { words, typed };
}

test('a whole kit that is pasted anywhere fills every field from the first, as the words are shown', async () => {
  const { words, typed } = await fields();
  const pasted = KIT.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join('\r\n');
  expect(await typed.spread(7, pasted)).toBe(24);
  expect(words).toEqual(KIT);
});

test('a few words go on from where they were typed, and the count says how many stand', async () => {
  const { words, typed } = await fields();
  expect(await typed.spread(2, 'ivoire, soleil')).toBe(4);
  expect(words.slice(0, 5)).toEqual(['', '', 'ivoire', 'soleil', '']);
  expect([typed.known, typed.isComplete, typed.surplus]).toEqual([2, false, 0]);
});

test('words beyond the last field are told, and dropped', async () => {
  const { words, typed } = await fields();
  await typed.spread(22, 'ivoire soleil univers');
  expect(words.slice(22)).toEqual(['ivoire', 'soleil']);
  expect(typed.surplus).toBe(1);
  await typed.spread(0, 'ivoire');
  expect(typed.surplus).toBe(0);
});

test('a word that the list does not have is told by its number once its field is left, and not while it is written', async () => {
  const { typed } = await fields();
  typed.write(4, 'ivor');
  expect(typed.errorOf(4, [])).toBeUndefined();
  typed.leave(4);
  expect(typed.errorOf(4, [])).toContain('5');
  typed.write(4, 'ivoir');
  expect(typed.errorOf(4, [])).toBeUndefined();
  typed.leave(4);
  expect(typed.errorOf(4, [])).toContain('5');
  typed.write(4, 'IVOIRE');
  expect(typed.errorOf(4, [])).toBeUndefined();
  expect(typed.known).toBe(1);
});

test('an empty field is told only when the person says that this is all', async () => {
  const { typed } = await fields();
  typed.leave(0);
  expect(typed.errorOf(0, [])).toBeUndefined();
  typed.tried = true;
  expect(typed.errorOf(0, [])).toContain('1');
});

test('without the list everything can be typed, and what the vault refused is told by its number', async () => {
  const words = KIT.map(() => '');
  const typed = new TypedWords({ get: () => words, set: (index, word) => (words[index] = word) }, () =>
    Promise.reject(new Error('no network')),
  );
  await typed.spread(0, KIT.join(' '));
  expect(typed.isComplete).toBe(true);
  expect(typed.errorOf(3, [4])).toContain('4');
  expect(typed.errorOf(2, [4])).toBeUndefined();
});
