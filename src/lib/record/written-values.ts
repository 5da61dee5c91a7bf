/**
 * Amounts and days as French offices, insurances and spreadsheets write them. What can be read in two ways is not read:
 * it is told.
 */
import { fold } from '#lib/text/typed.ts';
import { formatPartialDate, parsePartialDate, today } from './partial-date.ts';

/** How offices write that there is no amount. */
const NO_AMOUNT =
  /^(?:-+|\/|\.|n\.? ?[acdsr]\.?|n\/[acdsr]|neant|non (?:communique|connu|disponible|renseigne|concerne)e?|sans objet|s\.? ?o\.?|nul|null|none)$/;

export function isNoAmount(text: string): boolean {
  const plain = fold(text);
  return plain === '' || NO_AMOUNT.test(plain);
}

const EUROS = /€|\b(?:eur|euros?)\b|(?<=\d)(?:eur|euros?)\b/g;

/** "1 234,56 €", "-12,50", "12,50-", "(12,50)", "1.234,56", "1'234.56", "12€50"; null for what is no amount. */
export function readAmount(text: string): number | null {
  // A small figure is a mark of a note, or cents: neither stands behind the others as one of them.
  if (/[\p{No}]/u.test(text)) return null;
  // "12 € 50" is said as it is paid.
  const plain = fold(text)
    .replace(/^([-+]?\d+) ?(?:€|eur|euros?) ?(\d{2})$/, '$1,$2')
    .replace(EUROS, '')
    .trim();
  const [, opened, before, digits = '', behind, closed] =
    /^(\()? ?([-+])? ?(.*?) ?([-+])? ?(\))?$/.exec(plain) ?? [];
  const signs = [opened, before, behind].filter((sign) => sign !== undefined);
  if ((opened === undefined) !== (closed === undefined) || signs.length > 1) return null;
  const amount = readDigits(digits);
  if (amount === null || amount === 0) return amount;
  return signs.some((sign) => sign !== '+') ? -amount : amount;
}

function readDigits(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  // Groups of three, with one kind of sign between them.
  const grouped = /^([1-9]\d{0,2})(?:([ '.,])\d{3})(?:\2\d{3})*(?:([.,])(\d{1,2}))?$/.exec(text);
  if (grouped) {
    const [whole, , group, point, cents = ''] = grouped;
    // "1,234" is a thousand to some and a little more than one to others; a French office does not write it.
    if (group === point || (group === ',' && point === undefined)) return null;
    const units = point === undefined ? whole : whole.slice(0, whole.length - cents.length - 1);
    return Number(`${units.replace(/\D/g, '')}.${cents || '0'}`);
  }
  const plain = /^(\d*)([.,])(\d+)$/.exec(text);
  if (!plain) return null;
  const [, units = '', point, cents = ''] = plain;
  const isUsual = cents.length < 3 || point === '.' || Number(units) === 0;
  return isUsual && (units !== '' || cents !== '') ? Number(`${units || '0'}.${cents}`) : null;
}

const MONTHS = [
  ...['janvier january', 'fevrier february', 'mars march', 'avril april', 'mai may', 'juin june'],
  ...[
    'juillet july',
    'aout august',
    'septembre september',
    'octobre october',
    'novembre november',
    'decembre december',
  ],
].map((names) => names.split(' '));

/** What may stand before a day: its name, "le", "du". */
const BEFORE_A_DAY =
  /^(?:(?:le|du|au|on|lun(?:di)?|mar(?:di)?|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|dim(?:anche)?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)[.,]? +)+/;

/** Years of two figures reach this far ahead; the others are of the century before. */
const AHEAD = 10;

/** "05/03/2025", "5.3.25", "2025/03/05", "05-mars-25", "dim. 4 janvier 2026", also with a time behind; null for no day. */
export function readDay(text: string, now = Date.now()): string | null {
  const plain = fold(text).replace(BEFORE_A_DAY, '');
  if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:z|[+-]\d{2}:?\d{2})$/.test(plain))
    return dayOfInstant(plain.toUpperCase().replace(',', '.'));
  const iso = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/.exec(plain);
  if (iso) return dayOf(iso[1]!, iso[3]!, iso[4]!);
  const figures = /^(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\d/])/.exec(plain);
  if (figures) return dayOf(yearOf(figures[4]!, now), figures[3]!, figures[1]!);
  const spelt = /^(\d{1,2})(?:er)?[- ./]?([a-z]{3,9})\.?[- ./]?(\d{4}|\d{2})(?!\d)/.exec(plain);
  if (spelt) return dayOf(yearOf(spelt[3]!, now), monthOf(spelt[2]!), spelt[1]!);
  const run = /^(\d{4})(\d{2})(\d{2})$|^(\d{2})(\d{2})(\d{4})$/.exec(plain);
  return run ? dayOfRun(plain) : null;
}

/** Eight figures in a row: the year stands where it can be one. */
function dayOfRun(run: string): string | null {
  const isYear = (text: string): boolean => /^(?:19|20)\d\d$/.test(text);
  const [first, last] = [run.slice(0, 4), run.slice(4)];
  if (isYear(first)) {
    const day = dayOf(first, run.slice(4, 6), run.slice(6));
    if (day !== null) return day;
  }
  return isYear(last) ? dayOf(last, run.slice(2, 4), run.slice(0, 2)) : null;
}

/** An instant is the day that it was where the person lives. */
function dayOfInstant(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : formatPartialDate(today(time));
}

/** Empty where none or several months begin so. */
function monthOf(begun: string): string {
  const found = MONTHS.flatMap((names, index) =>
    names.some((name) => name.startsWith(begun)) ? [index + 1] : [],
  );
  return found.length === 1 ? String(found[0]) : '';
}

function yearOf(text: string, now: number): string {
  if (text.length === 4) return text;
  const latest = new Date(now).getFullYear() + AHEAD;
  const century = Math.floor(latest / 100) * 100;
  const year = century + Number(text);
  return String(year <= latest ? year : year - 100);
}

function dayOf(year: string, month: string, day: string): string | null {
  const date = parsePartialDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return date ? formatPartialDate(date) : null;
}
