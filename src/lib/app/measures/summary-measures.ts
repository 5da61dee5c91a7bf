/** The measures in the summary: the last value of each, between which all were, and the target that was set. */
import type { Block } from '#lib/exchange/paper.ts';
import type { Disputes } from '#lib/app/exchange/disputes.ts';
import { say } from '#lib/i18n/catalogue.ts';
import { formatNumber, formatPartial } from '#lib/i18n/format.ts';
import { summary as t } from '#lib/i18n/summary.ts';
import type { Entry } from '#lib/record/entry.ts';
import { MEASURE_KINDS, type MeasureKind } from '#lib/record/measure-kinds.ts';
import {
  type Bounds,
  type MeasureSummaries,
  type MeasureSummary,
  measureText,
  numbersOf,
  type Target,
  targetOf,
} from '#lib/record/measures.ts';

export function measuresBlock(
  summaries: MeasureSummaries,
  targets: readonly Entry[],
  disputes: Disputes,
): Block {
  const rows = MEASURE_KINDS.flatMap((kind) => {
    const summary = summaries[kind.id];
    const target = targets.find(({ fields }) => fields['kind'] === kind.id);
    if (!summary && !target) return [];
    const [last, range] = summary ? [lastWords(kind, summary), rangeWords(kind, summary)] : ['', ''];
    const waiting = (target && disputes.get(target.id)) ?? [];
    const set = targetWords(kind, targetOf(target?.fields));
    const told = [set, ...waiting.map((words) => `${t('disputed')} ${words}`)].filter(
      (words) => words !== '',
    );
    return [[say(kind.title), last, range, told.join('\n')]];
  });
  return {
    type: 'table',
    columns: [
      { title: t('measure'), share: 3 },
      { title: t('lastValue'), share: 3 },
      { title: t('range'), share: 4 },
      { title: t('target'), share: 3 },
    ],
    rows,
  };
}

function lastWords(kind: MeasureKind, { last }: MeasureSummary): string {
  return `${valueWords(kind, last.value, last.second)}\n${formatPartial(last.date)}`;
}

function rangeWords(kind: MeasureKind, { count, first, range, secondRange }: MeasureSummary): string {
  const low = numberWords(kind, range.low, secondRange?.low ?? null);
  const high = valueWords(kind, range.high, secondRange?.high ?? null);
  const values = t('values', { count });
  if (count === 1) return values;
  return `${t('between', { low, high })}\n${t('firstOn', { values, date: formatPartial(first.date) })}`;
}

function targetWords(kind: MeasureKind, target: Target | null): string {
  if (!target) return '';
  const { pair } = kind;
  const parts: readonly (readonly [string, Bounds])[] = pair
    ? [
        [say(pair.first.short), target.value],
        [say(pair.second.short), target.second],
      ]
    : [['', target.value]];
  return parts
    .map(([title, bounds]) => [title, boundsWords(kind, bounds)] as const)
    .filter(([, words]) => words !== '')
    .map(([title, words]) => (title === '' ? words : t('label', { label: title }) + ' ' + words))
    .join('\n');
}

function boundsWords(kind: MeasureKind, { low, high }: Bounds): string {
  if (low !== null && high !== null)
    return t('between', { low: numberWords(kind, low, null), high: valueWords(kind, high, null) });
  if (low !== null) return t('atLeast', { value: valueWords(kind, low, null) });
  return high === null ? '' : t('atMost', { value: valueWords(kind, high, null) });
}

function valueWords(kind: MeasureKind, value: number, second: number | null): string {
  return measureText(kind, value, second, (number) => formatNumber(number));
}

function numberWords(kind: MeasureKind, value: number, second: number | null): string {
  return numbersOf(kind, value, second)
    .map((number) => formatNumber(number))
    .join('/');
}
