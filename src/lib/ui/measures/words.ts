/** Values in words: with their unit, their date, and what is to be said of them. */
import { say } from '#lib/i18n/catalogue.ts';
import { formatNumber, formatPartial } from '#lib/i18n/format.ts';
import { measures as t } from '#lib/i18n/measures.ts';
import type { MeasureKind } from '#lib/record/measure-kinds.ts';
import {
  againstTarget,
  type Bounds,
  doubtsAbout,
  isOpen,
  type Measured,
  measureText,
  numbersOf,
  roundTo,
  type Target,
  withUnit,
} from '#lib/record/measures.ts';

export function numberWords(kind: MeasureKind, value: number, second: number | null = null): string {
  return numbersOf(kind, value, second)
    .map((one) => formatNumber(one))
    .join('/');
}

/** An average has no more decimals than what it is made of. */
export function computedWords(kind: MeasureKind, value: number): string {
  return formatNumber(roundTo(value, kind.decimals));
}

export function valueWords(kind: MeasureKind, value: number, second: number | null = null): string {
  return measureText(kind, value, second, formatNumber);
}

/** "Poids : 72,4 kg", as a value is spoken of. */
export function measuredName(kind: MeasureKind, value: number, second: number | null): string {
  return t('one', { measure: say(kind.title), value: valueWords(kind, value, second) });
}

export function whenWords({ date, time }: Pick<Measured, 'date' | 'time'>): string {
  const day = formatPartial(date);
  return time === null ? day : t('at', { date: day, time });
}

/** "au plus 135/85 mmHg", "entre 70 et 74 kg" */
export function targetWords(kind: MeasureKind, { value, second }: Target): string {
  const [first, other] = [boundsWords(value), isOpen(second) ? '' : boundsWords(second)];
  if (!kind.pair || other === '') return withUnit(kind, first || other);
  const { high, low } = value;
  if (low === null && second.low === null && high !== null && second.high !== null)
    return withUnit(kind, t('atMost', { high: `${formatNumber(high)}/${formatNumber(second.high)}` }));
  const parts = [
    first && `${say(kind.pair.first.short)} ${first}`,
    `${say(kind.pair.second.short)} ${other}`,
  ];
  return withUnit(kind, parts.filter(Boolean).join(', '));
}

function boundsWords({ low, high }: Bounds): string {
  if (low !== null && high !== null) return t('between', { low, high });
  if (low !== null) return t('atLeast', { low });
  return high === null ? '' : t('atMost', { high });
}

/** What stands beside a value that is not where one wants or expects it. */
export function markWords(
  kind: MeasureKind,
  target: Target | null,
  value: number,
  second: number | null,
): string {
  const against = againstTarget(target, value, second);
  if (against) return t(against);
  return doubtsAbout(kind, value, second).length > 0 ? t('unlikely') : '';
}
