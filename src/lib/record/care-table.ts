/**
 * A statement of reimbursements as a table: which column says what, and a row as the fields of an entry. Numbers and dates
 * are written as insurances write them; a row that does not say when and what is told, never guessed.
 */
import { formatPartialDate, parsePartialDate } from './partial-date.ts';
import type { Fields, Words } from './section.ts';
import { fold } from '#lib/text/typed.ts';

export const CARE_COLUMNS = ['start', 'name', 'professional', 'paid', 'insurance', 'complementary'] as const;

export type CareColumn = (typeof CARE_COLUMNS)[number];

/** Which column of the table each field stands in; null for one that it does not have. */
export type CareMapping = Readonly<Record<CareColumn, number | null>>;

export const careColumnWords: Readonly<Record<CareColumn, Words>> = {
  start: { fr: 'Date du soin', en: 'Date of the care' },
  name: { fr: 'Soin', en: 'Care' },
  professional: { fr: 'Professionnel ou établissement', en: 'Professional or place' },
  paid: { fr: 'Montant payé', en: 'Amount paid' },
  insurance: { fr: 'Part Assurance Maladie', en: 'Share of the health insurance' },
  complementary: { fr: 'Part complémentaire', en: 'Share of the complementary' },
};

/** Words of a header, the most telling first; folded. */
const HEADERS: Readonly<Record<CareColumn, readonly RegExp[]>> = {
  start: [
    /date.*soin/,
    /date.*(acte|prestation|execution|debut)/,
    /^soins? du/,
    /^date$/,
    /date(?!.*(paiement|remb|naiss))/,
  ],
  name: [
    /nature|libelle|prestation|designation|description|intitule/,
    /^(acte|soin)s?\b/,
    /care|service|label/,
  ],
  professional: [
    /professionnel|praticien|medecin|executant|etablissement|prescripteur|provider|professional/,
  ],
  paid: [
    /(montant|depense|total).*(paye|engage|depense|facture)/,
    /depense|paye|facture|frais|paid|billed/,
    /^montant/,
  ],
  insurance: [
    /(part|remb\w*|montant|base).*(secu|assurance maladie|amo|cpam|obligatoire|ro\b)/,
    /assurance maladie|securite sociale|\bamo\b|\bcpam\b|insurance/,
    /montant rembourse|^rembourse(ment)?/,
  ],
  complementary: [/complementaire|mutuelle|\bamc\b|complementary/],
};

/** The columns by their headers; each column serves once, and what fits no field is left alone. */
export function guessColumns(headers: readonly string[]): CareMapping {
  const folded = headers.map((header) => fold(header.trim()));
  const taken = new Set<number>();
  const mapping: Record<CareColumn, number | null> = emptyMapping();
  // The complementary share first: "remboursement mutuelle" is not what the insurance paid.
  for (const column of ['complementary', 'insurance', 'start', 'professional', 'name', 'paid'] as const)
    for (const pattern of HEADERS[column]) {
      const at = folded.findIndex((header, index) => !taken.has(index) && pattern.test(header));
      if (at < 0) continue;
      taken.add(at);
      mapping[column] = at;
      break;
    }
  return mapping;
}

export function emptyMapping(): Record<CareColumn, number | null> {
  return { start: null, name: null, professional: null, paid: null, insurance: null, complementary: null };
}

export type CareRow =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly problem: 'no-date' | 'no-name' | 'no-number' };

export function readCareRow(row: readonly string[], mapping: CareMapping): CareRow {
  const cell = (column: CareColumn): string => {
    const index = mapping[column];
    return index === null ? '' : (row[index] ?? '').trim();
  };
  const start = readDay(cell('start'));
  if (start === null) return { ok: false, problem: 'no-date' };
  const name = cell('name').slice(0, 200);
  if (name === '') return { ok: false, problem: 'no-name' };
  const amounts: Record<string, number | null> = {};
  for (const column of ['paid', 'insurance', 'complementary'] as const) {
    const text = cell(column);
    const amount = readAmount(text);
    if (text !== '' && amount === null) return { ok: false, problem: 'no-number' };
    amounts[column] = amount;
  }
  const currency = Object.values(amounts).some((amount) => amount !== null) ? 'EUR' : null;
  return {
    ok: true,
    fields: { name, start, professional: cell('professional').slice(0, 200) || null, ...amounts, currency },
  };
}

/** "1 234,56 €", "-12,50", "12.50", "1.234,56"; null for what is no amount. */
export function readAmount(text: string): number | null {
  let plain = text.replace(/[\s\u00a0\u202f€]|EUR/g, '').replace(/^\+/, '');
  const negative = /^\((.*)\)$/.exec(plain)?.[1];
  if (negative !== undefined) plain = `-${negative}`;
  const [comma, dot] = [plain.lastIndexOf(','), plain.lastIndexOf('.')];
  if (comma > dot) plain = plain.replaceAll('.', '').replace(',', '.');
  else if (comma >= 0) plain = plain.replaceAll(',', '');
  else if (/^-?\d{1,3}(\.\d{3})+$/.test(plain)) plain = plain.replaceAll('.', '');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

const MONTHS = 'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre'.split(
  ' ',
);

/** "05/03/2025", "5.3.25", "2025-03-05", "5 mars 2025", also with a time behind. */
export function readDay(text: string): string | null {
  const folded = fold(text.trim());
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(folded);
  if (iso) return dayOf(iso[1], iso[2], iso[3]);
  const french = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)/.exec(folded);
  if (french) return dayOf(french[3]?.length === 2 ? `20${french[3]}` : french[3], french[2], french[1]);
  const spelt = /^(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})/.exec(folded);
  const month = spelt ? MONTHS.findIndex((name) => name.startsWith(spelt[2] ?? '-')) : -1;
  return spelt && month >= 0 ? dayOf(spelt[3], String(month + 1), spelt[1]) : null;
}

function dayOf(year = '', month = '', day = ''): string | null {
  const date = parsePartialDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return date ? formatPartialDate(date) : null;
}
