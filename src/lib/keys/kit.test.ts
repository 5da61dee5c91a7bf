import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { completions, displayed, findWord, kitIn, splitWords, WORDS } from '#lib/credentials/kit-words.ts';
import { person, type Person } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { addressOf } from './address.ts';
import { deviceId } from './device.ts';
import {
  accountKey,
  askPositions,
  generateRoot,
  kitPlaceOf,
  kitToQr,
  qrToKit,
  recoverySealing,
  rootToWords,
  wordsToRoot,
  wrongPositions,
} from './kit.ts';

let alice: Person;
beforeAll(async () => {
  alice = await person('Alice');
});

const anyRoot = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
const strip = (word: string) => word.normalize('NFKD').replace(/\p{M}/gu, '');

/** As people type: some accents, some capitals, some tabs. */
function asTyped(words: readonly string[], random: ReturnType<typeof seededRandom>): string {
  const typed = words.map((word) => {
    const spelled = random.pick([word, strip(word), word.normalize('NFD'), word.toUpperCase()]);
    return random.chance(0.2) ? strip(spelled).toUpperCase() : spelled;
  });
  return typed.join(random.pick([' ', '  ', '\n', '\t ', ', '])) + random.pick(['', ' ', '\n']);
}

describe('the words of the kit', () => {
  test('are 24, and give the root back however they are typed', () => {
    fc.assert(
      fc.property(anyRoot, fc.integer(), (root, seed) => {
        const words = rootToWords(root);
        expect(words).toHaveLength(24);
        const back = wordsToRoot(asTyped(words, seededRandom(seed)));
        expect(back.ok && hex(back.value)).toBe(hex(root));
      }),
    );
  });

  test('are shown with their accents composed, as a French reader writes them', () => {
    const accented = WORDS.filter((word) => displayed(word) !== word);
    expect(accented).toHaveLength(366);
    for (const word of accented) {
      expect(findWord(displayed(word))).toBe(word);
      expect(findWord(strip(word))).toBe(word);
      expect(findWord(displayed(word).toUpperCase())).toBe(word);
    }
    expect(new Set(WORDS.map((word) => strip(word).toLowerCase())).size).toBe(2048);
  });

  test('name the positions that were mistyped', () => {
    const words = rootToWords(alice.root);
    const typed = words.map((word, i) => (i === 3 || i === 16 ? `${word}x` : word));
    expect(wordsToRoot(typed)).toEqual({ ok: false, error: { type: 'kit-words-wrong', positions: [4, 17] } });
    expect(wordsToRoot(words.slice(0, 22))).toMatchObject({ error: { positions: [23, 24] } });
    expect(wordsToRoot([...words, words[0]!])).toMatchObject({ error: { positions: [25] } });
    expect(wordsToRoot('')).toMatchObject({ error: { type: 'kit-words-wrong' } });
  });

  test('carry a checksum: of the words exchanged for other words of the list, 255 in 256 are found out', () => {
    const random = seededRandom('checksum');
    let accepted = 0;
    for (let i = 0; i < 2000; i++) {
      const words = rootToWords(alice.root);
      words[random.int(24)] = displayed(random.pick(WORDS));
      const back = wordsToRoot(words);
      if (back.ok && hex(back.value) !== hex(alice.root)) accepted++;
      if (!back.ok) expect(back.error.positions).toEqual([]);
    }
    expect(accepted).toBeLessThan(25);
  });

  test('in another order are found out', () => {
    const words = rootToWords(alice.root);
    const [first, second, ...rest] = words as [string, string, ...string[]];
    expect(wordsToRoot([second, first, ...rest]).ok).toBe(false);
  });

  test('are not the words of another language', () => {
    for (const word of ['wolf', 'zebra', 'abstract']) expect(findWord(word)).toBeNull();
    expect(splitWords(' abaisser,abandon.  Élan\n')).toEqual(['abaisser', 'abandon', 'Élan']);
    expect(findWord('')).toBeNull();
    expect(findWord('toString')).toBeNull();
  });

  test.each([
    ['numbers and line ends', '1. abaisser\r\n2. abandon\r3. élan\u2028'],
    ['brackets and dashes', '1) abaisser 2) abandon — 3) élan'],
    ['numbers that stick, as a list of a page is copied', '1abaisser\n2abandon\n3élan'],
    ['a table', '| 1 | abaisser |\n| 2 | abandon |\n| 3 | élan |'],
    [
      'spaces that do not break, and signs that are not seen',
      '\ufeffabaisser\u00a0aban\u00addon\u200b ; élan…',
    ],
    ['quotation marks', '« abaisser », "abandon", \'élan\''],
  ])('are found among %s', (_name, typed) => {
    expect(splitWords(typed)).toEqual(['abaisser', 'abandon', 'élan']);
  });

  test('are found in the copied text of a whole sheet', () => {
    const words = rootToWords(alice.root);
    const listed = words.map((word, i) => `${i + 1}\n${word}`).join('\n');
    const sheet = `Clé de secours de mon carnet\nCarnet de Claire Martin\n${listed}\nIdentifiant claire.martin`;
    expect(kitIn(sheet)).toEqual(words);
    expect(kitIn(listed)).toEqual(words);
    expect(kitIn('abaisser zzz')).toEqual(['abaisser', 'zzz']);
    expect(kitIn([...words, 'abaisser'].join(' '))).toHaveLength(25);
  });

  test('a figure inside a word is a slip, and stays one', () => {
    expect(splitWords('aba1sser abandon7')).toEqual(['aba1sser', 'abandon7']);
    expect(splitWords('1. 2. 3.')).toEqual([]);
    expect(findWord('aba1sser')).toBeNull();
  });

  test('are forgiven a ligature that a keyboard put in', () => {
    expect(findWord('Mœlleux')).toBe('moelleux');
    expect(findWord('poésie')).toBe(findWord('POESIE'));
  });

  test('are completed from their first letters, whatever the accents', () => {
    expect(completions('', 5)).toEqual([]);
    expect(completions('ecu', 5)).toEqual(completions('ÉCU', 5));
    expect(completions('a', 5)).toHaveLength(5);
    expect(completions('zzz', 5)).toEqual([]);
    for (const word of WORDS) {
      expect(completions(strip(word).slice(0, 4), 2)).toEqual([displayed(word)]);
      expect(completions(word, 2)).toEqual([displayed(word)]);
    }
  });
});

describe('the three words that are typed again', () => {
  test('are asked at three different positions, each equally often', () => {
    const random = seededRandom('positions');
    const counts = new Map<number, number>();
    for (let i = 0; i < 8000; i++) {
      const [a, b, c] = askPositions(random);
      expect(a < b && b < c && a >= 1 && c <= 24).toBe(true);
      for (const position of [a, b, c]) counts.set(position, (counts.get(position) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('are right without accents and in any case, and the wrong ones are named', () => {
    const words = rootToWords(alice.root);
    const asked = [2, 9, 24] as const;
    const right = asked.map((position) => ` ${strip(words[position - 1]!).toUpperCase()} `);
    expect(wrongPositions(alice.root, asked, right)).toEqual([]);
    expect(wrongPositions(alice.root, asked, [right[0]!, 'abaisser', ''])).toEqual([9, 24]);
    const copied = asked.map((position) => `${position}. \u200e${words[position - 1]!}\u200b.`);
    expect(wrongPositions(alice.root, asked, copied)).toEqual([]);
    expect(wrongPositions(alice.root, asked, [])).toEqual([2, 9, 24]);
  });
});

describe('the QR code of the kit', () => {
  const made = { madeAt: Date.UTC(2026, 10, 30), head: 'ab'.repeat(32), relay: 'relais.example:8443' };
  const paper = () => ({ root: alice.root, address: alice.address, ...made });

  test('D08: gives root and address back, and when, with which relay and after which statement it was made', () => {
    const text = kitToQr(paper());
    expect(text).toMatch(/^CARNET KIT 1 [0-9A-Z]+$/);
    expect(text.length).toBeLessThan(260);
    expect(qrToKit(text)).toEqual(paper());
    expect(qrToKit(kitToQr({ ...paper(), madeAt: made.madeAt + 3_600_000 }))).toEqual(paper());
    for (const relay of [null, 'r'.repeat(101)])
      expect(qrToKit(kitToQr({ ...paper(), relay }))?.relay).toBeNull();
  });

  test('is no link, so that a phone camera has nothing to open', () => {
    expect(URL.canParse(kitToQr(paper()))).toBe(false);
    expect(kitToQr(paper())).toMatch(/^[A-Z0-9 ]+$/);
  });

  test('misread in one character is refused', () => {
    const text = kitToQr(paper());
    const random = seededRandom('QR');
    for (let i = 0; i < 500; i++) {
      const at = 13 + random.int(text.length - 13);
      const other = random.pick(
        [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].filter((letter) => letter !== text[at]),
      );
      expect(qrToKit(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
    }
    for (const other of ['', 'CARNET KIT 1 ', 'https://carnet.example', text.slice(1), `${text}0`]) {
      expect(qrToKit(other)).toBeNull();
    }
  });
});

describe('what follows from the root', () => {
  test('is the same on every device, and one key per purpose', async () => {
    const everything = async (root: Bytes) => {
      const [account, recovery] = await Promise.all([accountKey(root), recoverySealing(root)]);
      return [account.publicKey, recovery.secretSeed, kitPlaceOf(root).parts.read].map(hex);
    };
    const own = await everything(alice.root);
    expect(await everything(alice.root.slice())).toEqual(own);
    expect(new Set([...own, ...(await everything(generateRoot(alice.random)))]).size).toBe(6);
    expect(own[0]).toBe(hex(alice.genesis.account));
    expect(addressOf(alice.genesis)).toBe(alice.address);
    expect(deviceId(alice.genesis.device)).toEqual(alice.device.id);
  });

  test('includes the place at the relay, and no key of any space', () => {
    const [one, other] = [kitPlaceOf(alice.root), kitPlaceOf(generateRoot(alice.random))];
    const secrets = [one, other].flatMap(({ space, parts }) => [
      space,
      parts.read,
      parts.write,
      parts.delete,
    ]);
    expect(new Set(secrets.map(hex)).size).toBe(8);
    expect(kitPlaceOf(alice.root.slice())).toEqual(one);
    expect(() => kitPlaceOf(new Uint8Array(31))).toThrow(RangeError);
  });
});
