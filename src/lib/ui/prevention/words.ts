/** A rule of prevention, and where a person stands with it, in words: what is known, and no more. */
import { say } from '#lib/i18n/catalogue.ts';
import { formatList, formatPartial } from '#lib/i18n/format.ts';
import { prevention as t } from '#lib/i18n/prevention.ts';
import type { Assessment, Reason, State } from '#lib/record/prevention/assess.ts';
import { addDays } from '#lib/record/prevention/calendar.ts';
import type { Dose, Rule, RuleTable } from '#lib/record/prevention/rules.ts';
import { optionOf } from '#lib/record/profile-section.ts';
import { preventionFacts } from '#lib/record/sections/prevention-facts.ts';

/** One line of meaning: when it is for, or why that cannot be said, and what is noted of it. */
export function standingWords(assessment: Assessment): string {
  const { state, asks, again, last, noted, of } = assessment;
  const parts: string[] = [];
  if (state === 'situation' && asks) parts.push(asksWords(asks));
  else if (state === 'done')
    parts.push(last === undefined ? t('doneNow') : t('doneOn', { date: formatPartial(last) }));
  else parts.push(timeWords(assessment) || reasonWords(assessment.reason));
  if (again !== undefined) parts.push(t('again', { date: formatPartial(again) }));
  if (state !== 'done' && of !== undefined && of > 1 && noted !== undefined && noted > 0)
    parts.push(t('ofDoses', { count: noted, of }));
  if (state !== 'done' && last !== undefined) parts.push(t('lastOn', { date: formatPartial(last) }));
  return parts.filter((part) => part !== '').join(' · ');
}

function timeWords({ state, from, until, dose, rule: { schedule } }: Assessment): string {
  if (from === undefined) return '';
  // What comes again and again has a beginning and a rhythm; its end is the age of the title.
  const ends = until === undefined || schedule.anchor === 'last-done' ? undefined : addDays(until, -1);
  if (state === 'now' && ends === undefined) return schedule.label ? say(schedule.label) : '';
  const words = periodWords(state, formatPartial(from), ends === undefined ? undefined : formatPartial(ends));
  return dose && dose.role !== 'single' ? `${say(dose.label)} · ${words}` : words;
}

function periodWords(state: State, from: string, to: string | undefined): string {
  if (to === undefined) return t('fromDay', { from });
  if (state === 'now') return t('untilDay', { to });
  return t(state === 'check' ? 'past' : 'between', { from, to });
}

function asksWords(asks: readonly string[]): string {
  if (asks.every(isOrgan)) return t('asksOrgan');
  return t('asks', { facts: formatList(asks.map(factWords)) });
}

export function isOrgan(fact: string): fact is 'cervix' | 'breast' {
  return fact === 'cervix' || fact === 'breast';
}

export function factWords(fact: string): string {
  return optionOf(preventionFacts.fields[0], fact, say);
}

export function questionWords(organ: 'cervix' | 'breast'): string {
  return t(organ === 'cervix' ? 'questionCervix' : 'questionBreast');
}

/** Where the rule stands, from whom, until when it was seen to hold, and how sure that is. */
export function ruleMeta({ kind, source, asOf }: Rule, { sources }: RuleTable): string {
  const from = sources[source];
  return t('meta', {
    kind: t(kind),
    publisher: from?.publisher ?? '',
    asOf: formatPartial(asOf),
    confidence: t(from?.tier === 'official' ? 'official' : 'secondary'),
  });
}

const REASONS = {
  'partial-date': 'reasonPartialDate',
  'partial-cover': 'reasonPartialCover',
  near: 'reasonNear',
  'not-noted': 'reasonNotNoted',
  'over-age': 'reasonOverAge',
  season: 'reasonSeason',
  'not-official': 'reasonNotOfficial',
  'no-schedule': 'reasonNoSchedule',
  'old-table': 'reasonOldTable',
  'no-birth-date': 'reasonNoBirthDate',
  answer: 'answeredNo',
} as const satisfies Partial<Record<Reason, string>>;

export function reasonWords(reason: Reason | undefined): string {
  return reason !== undefined && reason in REASONS ? t(REASONS[reason as keyof typeof REASONS]) : '';
}

/** "1re dose : 2 mois" */
export function doseWords({ label, age, ageMin, interval, minInterval }: Dose): string {
  const since = age ?? ageMin;
  const gap = interval ?? minInterval;
  const words = [
    since === undefined ? '' : ageWords(since),
    since === undefined && gap !== undefined ? `+ ${ageWords(gap)}` : '',
  ];
  const shown = words.filter((part) => part !== '').join(' ');
  return shown === '' ? say(label) : t('doseAge', { label: say(label), age: shown });
}

const UNITS = { D: 'days', W: 'weeks', M: 'months', Y: 'years' } as const;

function ageWords(duration: string): string {
  const unit = UNITS[duration.at(-1) as keyof typeof UNITS];
  return t(unit, { count: Number(duration.slice(1, -1)) });
}
