import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, graphemesOf, hasSomethingToSee } from './signs.ts';
import {
  cleanLine,
  cleanLines,
  fold,
  holds,
  identifiantForm,
  passwordForm,
  typedCode,
  typedNumber,
} from './typed.ts';

const FAMILY = '👩\u200d👩\u200d👧';
const RAINBOW = '🏳\ufe0f\u200d🌈';
const ENGLAND = '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';

/** Signs that trouble programs, one after the other in any order. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '\u200b',
          '\u200c',
          '\u200d',
          '\ufe0f',
          '\ufe0e',
          '\u00ad',
          '\u202e',
          '\u2060',
          '\ufeff',
          '\u034f',
        ],
        ...[
          '👩',
          '👧',
          '🏽',
          '🏴',
          '🏳',
          '❤',
          '1',
          '#',
          '\u20e3',
          '\u{e0067}',
          '\u{e007f}',
          '\u{e0100}',
          '\ud83d',
        ],
        ...[
          '\ude00',
          'م',
          'ی',
          'क',
          '्',
          'ष',
          '葛',
          'ᄀ',
          '\u1160',
          '\u115f',
          'ᅡ',
          'e',
          '\u0301',
          ' ',
          '\n',
          '\r',
        ],
        ...['\u0085', '\u2028', '\u3164', '\u0000'],
      ),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
    { maxLength: 24 },
  )
  .map((signs) => signs.join(''));

describe('what a person types', () => {
  test('a line loses its blank edges, its controls and its direction overrides, and keeps its accents', () => {
    expect(cleanLine('  Pe\u0301nicilline \t\u0000 V\u202e ')).toBe('Pénicilline V');
  });

  test('several lines keep their breaks, whatever system they were typed on', () => {
    expect(cleanLines('un\r\ndeux  trois \n\n\n\nquatre\r')).toBe('un\ndeux trois\n\nquatre');
    expect(cleanLines('un\rdeux\u2028trois\u0085quatre')).toBe('un\ndeux\ntrois\nquatre');
    expect(cleanLine('un\rdeux\u0085trois')).toBe('un deux trois');
  });

  test('what is invisible is dropped where it says nothing', () => {
    for (const sign of [
      '\u200b',
      '\u00ad',
      '\u200e',
      '\u200f',
      '\u2060',
      '\ufeff',
      '\u200d',
      '\u200c',
      '\ufe0f',
    ])
      expect(cleanLine(`Ordon${sign}nance`), sign.codePointAt(0)!.toString(16)).toBe('Ordonnance');
    expect(cleanLine('e\u200b\u0301té')).toBe('été');
    expect(cleanLine('Radio \ud83d')).toBe('Radio');
  });

  test('it stays where a reader would see the difference', () => {
    for (const text of [
      FAMILY,
      RAINBOW,
      ENGLAND,
      '❤\ufe0f',
      '1\ufe0f\u20e3',
      'می\u200cخواهم',
      'क्\u200dष',
      '葛\u{e0100}',
    ])
      expect(cleanLine(` ${text} `)).toBe(text.normalize('NFC'));
  });

  test('cleaning twice changes nothing more, and what is clean is well-formed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), nasty), (text) => {
        const [line, lines] = [cleanLine(text), cleanLines(text)];
        expect([line.isWellFormed(), lines.isWellFormed()]).toEqual([true, true]);
        expect([cleanLine(line), cleanLines(lines)]).toEqual([line, lines]);
        expect([line.normalize('NFC'), line.trim()]).toEqual([line, line]);
        expect(fold(line)).toBe(fold(text));
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is compared', () => {
  test('folding makes Œdème and oedeme the same word', () => {
    expect(fold('Œdème')).toBe('oedeme');
  });

  test('MED-14 MED-30: what one types finds it, whichever apostrophe and dash the other program wrote', () => {
    expect(holds('Opération de l’oreille', "l'oreille")).toBe(true);
    expect(holds("Opération de l'oreille", 'L’OREILLE ')).toBe(true);
    expect(holds('Vaccin Covid\u201119', 'covid-19')).toBe(true);
    expect(holds('Ordon\u00adnance', 'ordonnance\u200b')).toBe(true);
    expect(holds('Opération de l’œil', "l'oreille")).toBe(false);
  });

  test('the kinds of apostrophe, dash, quotation mark and blank do not tell two texts apart', () => {
    for (const apostrophe of ["'", '’', 'ʼ', '‘', '′', '´', '`', '＇'])
      expect(fold(`Douleur à l${apostrophe}oreille`)).toBe("douleur a l'oreille");
    for (const dash of ['-', '\u2010', '\u2011', '–', '—', '\u2212', '－'])
      expect(fold(`Covid${dash}19`)).toBe('covid-19');
    for (const blank of [' ', '\u00a0', '\u202f', '\u2009', ' \u200b '])
      expect(fold(`30${blank}mg`)).toBe('30 mg');
    expect(fold('\u200eordon\u00adnance «x»')).toBe('ordonnance "x"');
    expect(fold('ﬁèvre ９')).toBe('fievre 9');
  });
});

describe('numbers and codes', () => {
  test('ACT-07: what stands between the groups, and before them, is no part of a number', () => {
    for (const typed of [
      'NIR : 286056912304562',
      'N° sécu : 2 86 05 69 123 045 62',
      'Numéro de sécurité sociale\u00a0: 2.86.05.69.123.045-62',
      'Sécu 2 86 05 69 123 045 62',
      '\u200e2 86 05\u200b 69\u00ad 123\u2060 045 62\u200f',
      '2–86–05–69–123–045–62',
      '2\u201186\u201105\u201169\u2011123\u2011045\u201162',
      '2−86−05−69−123−045−62',
      '« 2\u202f86\u202f05\u202f69\u202f123\u202f045\u202f62 »',
      '２８６０５６９１２３０４５６２',
      'NIR286056912304562',
    ])
      expect(typedNumber(typed), typed).toBe('286056912304562');
    expect(typedNumber('A48210937561')).toBe('A48210937561');
  });

  test('ACT-05: a code has what stands before and between its groups taken away, and no group of its own', () => {
    for (const typed of [
      'Code : ABCD-EFGH-JKMN-PQRS',
      'Code d’activation : abcd efgh jkmn pqrs',
      'Code ABCD EFGH JKMN PQRS',
      '«\u00a0abcd–efgh\u2011jkmn−pqrs\u00a0»',
      '\ufeffABCD.EFGH.JKMN.PQRS.',
      'ＡＢＣＤEFGHJKMN\u200bPQRS',
    ])
      expect(typedCode(typed, 16), typed).toBe('ABCDEFGHJKMNPQRS');
    expect(typedCode('CODE EFGH JKMN PQRS', 16)).toBe('CODEEFGHJKMNPQRS');
  });

  test('ACT-19: a password keeps every visible sign and every space, and is one on every keyboard', () => {
    expect(passwordForm('  Étémaison  12! ')).toBe('  Étémaison  12! ');
    expect(passwordForm('Étémaison12'.normalize('NFD'))).toBe('Étémaison12');
    expect(passwordForm('a\u00a0b\u202fc')).toBe('a b c');
    expect(passwordForm('❤\ufe0f\u200bl’été–')).toBe('❤l’été–');
  });

  test('ACT-18: an identifiant is one in either case, and its dash is a dash', () => {
    expect(identifiantForm(' \u200eClaire\u2011Martin\u200b ')).toBe('claire-martin');
    expect(identifiantForm('\u212aLAIRE')).toBe('\u212alaire');
  });
});

describe('what is one sign to a person', () => {
  test('DOC-12: nothing is cut inside a sign', () => {
    expect(cut('Claire 😀😀', 10)).toBe('Claire 😀');
    expect(cut(`x${FAMILY}`, FAMILY.length)).toBe('x');
    expect(cut('e\u0301e\u0301', 3)).toBe('e\u0301');
    fc.assert(
      fc.property(nasty, fc.nat({ max: 30 }), (text, most) => {
        const [clean, first] = [cleanLine(text), cut(cleanLine(text), most)];
        expect(first.length).toBeLessThanOrEqual(most);
        expect(first.isWellFormed()).toBe(true);
        expect(clean.startsWith(first)).toBe(true);
        const ends = graphemesOf(clean).reduce<number[]>(
          (all, one) => [...all, (all.at(-1) ?? 0) + one.length],
          [0],
        );
        expect(ends.some((end) => clean.slice(0, end).trimEnd() === first)).toBe(true);
      }),
    );
  });

  test('a name has something to see', () => {
    for (const text of [
      '',
      ' ',
      '\u200b',
      '\u3164',
      '\u2800',
      '\u0301',
      '\u00ad\u200d',
      '\u034f',
      '\ufe0f',
      '\u115f',
    ])
      expect(hasSomethingToSee(text), JSON.stringify(text)).toBe(false);
    for (const text of ['a', '7', '?', FAMILY, 'न', '\u200bx']) expect(hasSomethingToSee(text)).toBe(true);
  });
});
