/**
 * A statement of reimbursements as a table: which column says what, and a row as the fields of an entry. A row that does
 * not say when and what is told, never guessed.
 */
import { cut, hasSomethingToSee } from '#lib/text/signs.ts';
import { cleanLine, fold } from '#lib/text/typed.ts';
import type { Fields, Words } from './section.ts';
import { isNoAmount, readAmount, readDay } from './written-values.ts';

export const CARE_COLUMNS = ['start', 'name', 'professional', 'paid', 'insurance', 'complementary'] as const;

export type CareColumn = (typeof CARE_COLUMNS)[number];

/** As long as the fields of an entry may be; no header is longer. */
const MAX_TEXT = 200;

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
  const folded = headers.map((header) => fold(cut(header.trim(), MAX_TEXT)));
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
  | {
      readonly ok: true;
      readonly fields: Fields;
      /** Names of the fields that were longer than they may be. */
      readonly left: readonly string[];
    }
  | { readonly ok: false; readonly problem: 'no-date' | 'no-name' | 'no-number' };

/** @param nameForAll what the care is called where no column says it */
export function readCareRow(row: readonly string[], mapping: CareMapping, nameForAll = ''): CareRow {
  const cell = (column: CareColumn): string => {
    const index = mapping[column];
    return index === null ? (column === 'name' ? cleanLine(nameForAll) : '') : cleanLine(row[index] ?? '');
  };
  const start = readDay(cell('start'));
  if (start === null) return { ok: false, problem: 'no-date' };
  if (!hasSomethingToSee(cell('name'))) return { ok: false, problem: 'no-name' };
  const amounts: Record<string, number | null> = {};
  for (const column of ['paid', 'insurance', 'complementary'] as const) {
    const text = cell(column);
    const amount = isNoAmount(text) ? null : readAmount(text);
    if (amount === null && !isNoAmount(text)) return { ok: false, problem: 'no-number' };
    amounts[column] = amount;
  }
  const currency = Object.values(amounts).some((amount) => amount !== null) ? 'EUR' : null;
  const [name, professional] = (['name', 'professional'] as const).map((column) =>
    cut(cell(column), MAX_TEXT),
  );
  const left = (['name', 'professional'] as const).filter((column) => cell(column).length > MAX_TEXT);
  return {
    ok: true,
    fields: { name: name!, start, professional: professional || null, ...amounts, currency },
    left,
  };
}
