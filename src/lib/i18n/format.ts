/**
 * Dates, numbers, sizes and order, as the language writes them. Everything goes through Intl; formats are kept, because
 * making one costs more than using it.
 */
import { type Language, language } from './language.svelte.ts';

const LOCALES: Readonly<Record<Language, string>> = { fr: 'fr-FR', en: 'en-GB' };

type Format = Intl.DateTimeFormat | Intl.NumberFormat | Intl.Collator | Intl.ListFormat;

const kept = new Map<string, Format>();

function keep<T extends Format>(key: string, make: () => T): T {
  const format = kept.get(key) ?? make();
  kept.set(key, format);
  return format as T;
}

function dates(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = LOCALES[language()];
  return keep(`${locale} ${key}`, () => new Intl.DateTimeFormat(locale, options));
}

export function formatNumber(value: number, written: Language = language()): string {
  const locale = LOCALES[written];
  return keep(`${locale} number`, () => new Intl.NumberFormat(locale)).format(value);
}

/** An amount in a currency by its three letters. */
export function formatMoney(value: number, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return `${formatNumber(value)} ${currency}`.trim();
  const locale = LOCALES[language()];
  return keep(
    `${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency }),
  ).format(value);
}

export function formatPercent(fraction: number): string {
  const locale = LOCALES[language()];
  const options = { style: 'percent', maximumFractionDigits: 0 } as const;
  return keep(`${locale} percent`, () => new Intl.NumberFormat(locale, options)).format(fraction);
}

/** In French the first of a month is written 1er, which Intl does not do. */
function withFirst(written: string): string {
  return language() === 'fr' ? written.replace(/(?<!\S)1(?=\s\p{L})/u, '1er') : written;
}

/** 12 mars 2026 */
export function formatDay(at: number): string {
  return withFirst(dates('day', { dateStyle: 'long' }).format(at));
}

/** 12 mars 2026, 14:05; the month cut short where that is the custom. */
export function formatMoment(at: number): string {
  return withFirst(dates('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(at));
}

/** lundi 23 novembre */
export function formatWeekday(at: number): string {
  return withFirst(dates('weekday', { weekday: 'long', day: 'numeric', month: 'long' }).format(at));
}

/** A written partial date (`YYYY`, `YYYY-MM`, `YYYY-MM-DD`) in words, no more precise than it is. */
export function formatPartial(written: string): string {
  const [y, m, d] = written.split('-').map(Number);
  if (y === undefined || Number.isNaN(y)) return written;
  const at = Date.UTC(y, (m ?? 1) - 1, d ?? 1);
  if (m === undefined) return String(y);
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', timeZone: 'UTC' };
  return d === undefined
    ? dates('month UTC', options).format(at)
    : withFirst(dates('day UTC', { ...options, day: 'numeric' }).format(at));
}

const TICKS = {
  day: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** "12 mars", "12 mars 2026", "mars 2026" or "2026", of a moment of the calendar without a time zone: for the axis of a chart. */
export function formatTick(at: number, precision: keyof typeof TICKS): string {
  return withFirst(dates(`tick ${precision}`, { ...TICKS[precision], timeZone: 'UTC' }).format(at));
}

/** 1,2 Mo: decimal units, as the limit of five megabytes is counted. */
export function formatSize(bytes: number): string {
  const units =
    language() === 'fr' ? [bytes < 2 ? 'octet' : 'octets', 'ko', 'Mo', 'Go'] : ['bytes', 'kB', 'MB', 'GB'];
  const step = bytes < 1000 ? 0 : bytes < 999_500 ? 1 : bytes < 999_500_000 ? 2 : 3;
  const locale = LOCALES[language()];
  const digits = step < 2 ? 0 : 1;
  const format = keep(
    `${locale} size ${digits}`,
    () => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }),
  );
  return `${format.format(bytes / 1000 ** step)}\u00a0${units[step] ?? ''}`;
}

/** "Arachide, Pollen et Latex" */
export function formatList(items: readonly string[]): string {
  const locale = LOCALES[language()];
  return keep(`${locale} list`, () => new Intl.ListFormat(locale, { type: 'conjunction' })).format(items);
}

/** "75 µg ou 100 µg" */
export function formatEither(items: readonly string[]): string {
  const locale = LOCALES[language()];
  return keep(`${locale} either`, () => new Intl.ListFormat(locale, { type: 'disjunction' })).format(items);
}

/** Alphabetical order as readers expect it: é beside e, 2 before 10. */
export function compareWords(a: string, b: string): number {
  const locale = LOCALES[language()];
  return keep(`${locale} order`, () => new Intl.Collator(locale, { numeric: true })).compare(a, b);
}
