/** Statements as offices write them: which column is which, and what their numbers and dates mean. */
import { describe, expect, test } from 'vitest';
import { guessColumns, readCareRow } from './care-table.ts';

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

  test('HIS-01: a row without a day, without a care or with an unreadable amount is told, never guessed', () => {
    const mapping = { start: 0, name: 1, professional: null, paid: 2, insurance: null, complementary: null };
    expect(readCareRow(['05/03/2026', 'Consultation', '30'], mapping)).toEqual({
      ...{ ok: true, left: [] },
      fields: {
        ...{ name: 'Consultation', start: '2026-03-05', professional: null, currency: 'EUR' },
        ...{ paid: 30, insurance: null, complementary: null },
      },
    });
    expect(readCareRow(['', 'Consultation', '30'], mapping)).toEqual({ ok: false, problem: 'no-date' });
    expect(readCareRow(['05/03/2026'], mapping)).toEqual({ ok: false, problem: 'no-name' });
    expect(readCareRow(['05/03/2026', '\u200b\u0301', '30'], mapping)).toEqual({
      ok: false,
      problem: 'no-name',
    });
    expect(readCareRow(['05/03/2026', 'x', 'gratuit'], mapping)).toEqual({ ok: false, problem: 'no-number' });
    for (const none of ['', '—', '-', 'n.c.', 'N/C', 'néant', 'non communiqué'])
      expect(readCareRow(['05/03/2026', 'Consultation', none], mapping), none).toMatchObject({
        ...{ ok: true, fields: { paid: null, currency: null } },
      });
  });

  test('HIS-01: a name that is too long is cut between two signs, and that is told', () => {
    const mapping = {
      start: 0,
      name: 1,
      professional: null,
      paid: null,
      insurance: null,
      complementary: null,
    };
    const read = readCareRow(['05/03/2026', `${'x'.repeat(199)}😀`], mapping);
    expect(read).toMatchObject({ ok: true, fields: { name: 'x'.repeat(199) }, left: ['name'] });
  });
});
