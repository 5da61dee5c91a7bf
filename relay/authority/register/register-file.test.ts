import { describe, expect, test } from 'vitest';
import { DEMO_REGISTER } from './demo-register.ts';
import { parseNir } from '#lib/credentials/nir.ts';
import { readRegister } from './register-file.ts';

const HEADER =
  'kind;nir;lastName;firstName;birthDate;card;serial;email;phone;parent1;parent2;rpps;profession';
const CAMILLE =
  'insured;286056912304562;Moreau;Camille;1986-05-14;photo;48210937561;camille@exemple.example;0639980101';
const ANTOINE = 'insured;184115935011204;Lefèvre;Antoine;1984-11-02;plain;91827364550';
const ZOE = 'child;;Lefèvre;Zoé;2020-12-05;;;;;286056912304562;184115935011204';
const DR_MARTIN = 'professional;;Martin;Claire;;;;;;;;10100000017;Médecin généraliste';

function problems(...lines: string[]) {
  const read = readRegister([HEADER, ...lines].join('\n'));
  return read.ok ? [] : read.error.problems.map(({ line, problem }) => `${line}: ${problem}`);
}

test('a register of Camille, Antoine, their Zoé and Dr Martin is read as it stands', () => {
  const read = readRegister([HEADER, CAMILLE, ANTOINE, ZOE, DR_MARTIN].join('\n'));
  expect(read).toEqual({
    ok: true,
    value: {
      insured: [
        expect.objectContaining({
          firstName: 'Camille',
          card: 'photo',
          serial: '48210937561',
          phone: '0639980101',
        }),
        expect.objectContaining({ lastName: 'Lefèvre', card: 'plain', email: null }),
      ],
      children: [expect.objectContaining({ nir: null, parents: ['286056912304562', '184115935011204'] })],
      professionals: [expect.objectContaining({ rpps: '10100000017', profession: 'Médecin généraliste' })],
    },
  });
});

describe('the line of an error is named', () => {
  test.each([
    ['a NIR with a wrong key', CAMILLE.replace('562;', '563;'), 'nir is not a NIR with a right key'],
    [
      'a card with photo of ten digits',
      CAMILLE.replace('48210937561', '4821093756'),
      'serial must be 11 digits, or the 21 printed on the card',
    ],
    [
      'a card without photo of seven digits',
      ANTOINE.replace('91827364550', '9182736'),
      'serial must be 8 to 13 digits',
    ],
    ['a card of no type', ANTOINE.replace('plain', 'gold'), 'card must be photo or plain'],
    [
      'the 30th of February',
      CAMILLE.replace('1986-05-14', '1986-02-30'),
      'birthDate must be a date, YYYY-MM-DD',
    ],
    ['no name', CAMILLE.replace('Moreau', ''), 'lastName must have 1 to 100 characters'],
    ['an e-mail without @', CAMILLE.replace('@', ' at '), 'email is not an e-mail address'],
    ['a telephone of letters', CAMILLE.replace('0639980101', 'call me'), 'phone is not a telephone number'],
    ['an unknown kind', 'doctor;;Martin;Claire', 'kind must be one of insured, child, professional'],
    ['an RPPS of ten digits', DR_MARTIN.replace('10100000017', '1010000001'), 'rpps must be 11 digits'],
    ['more values than columns', `${DR_MARTIN};more`, 'more values than columns'],
  ])('%s', (_, line, problem) =>
    expect(problems(ANTOINE.replace('184115935011204', '279022A00408794'), '', line)).toEqual([
      `4: ${problem}`,
    ]),
  );

  test('the same person twice, a parent nobody knows, one parent twice: in the order of the lines', () => {
    expect(problems(ZOE, CAMILLE, CAMILLE, ZOE.replace('184115935011204', '286056912304562'))).toEqual([
      '2: a parent is not an insured person of this register',
      '4: the same number as line 3',
      '5: parent1 and parent2 are the same person',
    ]);
  });

  test('a missing and an unknown column', () => {
    const read = readRegister(`${HEADER.replace('serial', 'number')}\n${CAMILLE}`);
    expect(read.ok ? [] : read.error.problems).toEqual([
      { line: 1, problem: 'the column serial is missing' },
      { line: 1, problem: 'the column number is unknown' },
    ]);
    expect(readRegister('').ok).toBe(false);
  });
});

test('a parent may stand in the register already', () => {
  expect(readRegister([HEADER, ZOE].join('\n'), () => true).ok).toBe(true);
});

test('the fictional register has twelve insured persons, five children of two parents and six professionals', () => {
  const read = readRegister(DEMO_REGISTER);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { insured, children, professionals } = read.value;
  expect([insured.length, children.length, professionals.length]).toEqual([12, 5, 6]);
  for (const { parents } of children) expect(parents).toEqual([insured[0]?.nir, insured[1]?.nir]);
  const numbers = [...insured, ...children].map(({ nir }) => nir ?? '');
  for (const nir of numbers) expect(parseNir(nir)).toBe(nir);
  expect(numbers.some((nir) => nir.startsWith('2A', 5))).toBe(true);
  expect(numbers.some((nir) => nir.startsWith('2B', 5))).toBe(true);
  for (const { card, serial } of insured)
    expect(serial).toMatch(card === 'photo' ? /^\d{11}$/ : /^\d{8,13}$/);
  expect(
    new Set(insured.filter(({ card }) => card === 'plain').map(({ serial }) => serial.length)).size,
  ).toBeGreaterThan(3);
});
