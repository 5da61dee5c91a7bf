/** Statements as offices write them: which column is which, and what their numbers and dates mean. */
import { describe, expect, test } from 'vitest';
import { guessColumns, readAmount, readCareRow, readDay } from './care-table.ts';

describe('a statement of reimbursements', () => {
  test('HIS-01: columns are guessed from their headers, each once, and what fits nothing is left alone', () => {
    const none = {
      start: null,
      name: null,
      professional: null,
      paid: null,
      insurance: null,
      complementary: null,
    };
    expect(guessColumns([])).toEqual(none);
    expect(
      guessColumns([
        'Date des soins',
        'Nature',
        'Professionnel de santé',
        'Montant payé',
        'Montant remboursé',
        'Mutuelle',
      ]),
    ).toEqual({ start: 0, name: 1, professional: 2, paid: 3, insurance: 4, complementary: 5 });
    expect(
      guessColumns([
        'Bénéficiaire',
        'Date de paiement',
        'Libellé',
        'Date de soin',
        'Dépense',
        'Part AMO',
        'Part AMC',
      ]),
    ).toEqual({ ...none, name: 2, start: 3, paid: 4, insurance: 5, complementary: 6 });
  });

  test('HIS-01: amounts with commas, spaces, signs and euros', () => {
    for (const [text, amount] of [
      ['30,00 €', 30],
      ['1 234,56', 1234.56],
      ['1\u202f234,56\u00a0€', 1234.56],
      ['1.234,56', 1234.56],
      ['1,234.56', 1234.56],
      ['12.5', 12.5],
      ['1.234', 1234],
      ['-2,00', -2],
      ['(2,00)', -2],
      ['', null],
      ['N/C', null],
      ['12,3,4', null],
    ] as const)
      expect(readAmount(text), text).toBe(amount);
  });

  test('HIS-01: days in figures or words; what is no day of the calendar is none', () => {
    for (const [text, day] of [
      ['05/03/2026', '2026-03-05'],
      ['5.3.26', '2026-03-05'],
      ['2026-03-05T10:00', '2026-03-05'],
      ['5 mars 2026', '2026-03-05'],
      ['1er août 2025', '2025-08-01'],
      ['31/02/2026', null],
      ['mars 2026', null],
      ['', null],
    ] as const)
      expect(readDay(text), text).toBe(day);
  });

  test('HIS-01: a row without a day, without a care or with an unreadable amount is told, never guessed', () => {
    const mapping = { start: 0, name: 1, professional: null, paid: 2, insurance: null, complementary: null };
    expect(readCareRow(['05/03/2026', 'Consultation', '30'], mapping)).toEqual({
      ok: true,
      fields: {
        ...{ name: 'Consultation', start: '2026-03-05', professional: null, currency: 'EUR' },
        ...{ paid: 30, insurance: null, complementary: null },
      },
    });
    expect(readCareRow(['', 'Consultation', '30'], mapping)).toEqual({ ok: false, problem: 'no-date' });
    expect(readCareRow(['05/03/2026'], mapping)).toEqual({ ok: false, problem: 'no-name' });
    expect(readCareRow(['05/03/2026', 'x', 'gratuit'], mapping)).toEqual({ ok: false, problem: 'no-number' });
  });
});
