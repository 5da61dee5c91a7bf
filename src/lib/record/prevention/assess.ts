/**
 * Where a person stands with each rule of a table: pure, on the device, from what they noted.
 *
 * Guarantees: every rule gets exactly one state. A date is given only where the rule says that everything it needs was
 * read in an official source, its schedule is not empty, and the table is less than a year old. What is past is to be
 * checked, never late: the record may be incomplete. A partial date is never completed.
 * Leaves out: every word, and any advice.
 */
import {
  addDays,
  addDuration,
  addToPartial,
  type Day,
  type Duration,
  spanOf,
  subtractDuration,
  unitOf,
} from './calendar.ts';
import { after, type Injection, injectionsOf, ofBrand, received, tally, type Vaccination } from './doses.ts';
import type { Dose, Rule, RuleTable, ScheduleOption, Settlement } from './rules.ts';
import { protectsAgainst } from './vaccine-names.ts';

export type Answer = 'yes' | 'no' | 'unknown';

export interface Person {
  /** Null when it is not known to the day. */
  readonly born: Day | null;
  readonly vaccinations: readonly Vaccination[];
  /** Exams and screenings, by the rule they were noted for, each with a partial date. */
  readonly acts: readonly { readonly rule: string; readonly date: string }[];
  /** What the person said of themselves, by fact. */
  readonly facts: ReadonlyMap<string, Answer>;
}

export type State = 'now' | 'upcoming' | 'done' | 'check' | 'discuss' | 'situation' | 'none';

export type Reason =
  | 'no-birth-date'
  | 'age'
  | 'far'
  | 'cohort'
  | 'not-in-force'
  | 'answer'
  | 'past'
  | 'not-noted'
  | 'partial-date'
  | 'partial-cover'
  | 'near'
  | 'over-age'
  | 'season'
  | 'not-official'
  | 'no-schedule'
  | 'old-table';

export interface Assessment {
  readonly rule: Rule;
  readonly state: State;
  readonly reason?: Reason;
  /** When it is for; `until` is the first day after. */
  readonly from?: Day;
  readonly until?: Day;
  /** Which dose of how many, where it is one of several. */
  readonly dose?: Dose;
  readonly noted?: number;
  readonly of?: number;
  /** When it was done last, and a time from which it comes again, as precise as that is known. */
  readonly last?: string;
  readonly again?: string;
  /** The facts that would tell. */
  readonly asks?: readonly string[];
}

type Verdict = Omit<Assessment, 'rule'>;

interface Context {
  readonly born: Day;
  readonly today: Day;
  readonly injections: readonly Injection[];
  readonly person: Person;
  readonly old: boolean;
}

const ADULT: Duration = 'P18Y';
/** Further ahead the calendar will have changed several times. */
const HORIZON: Duration = 'P5Y';
/** A booster that came somewhat early was perhaps meant for the age. */
const GRACE: Duration = 'P1Y';

export function isOld(table: RuleTable, today: Day): boolean {
  return today >= addDuration(table.compiledOn, 'P1Y');
}

/** Every rule of the table, in its order. */
export function assess(table: RuleTable, person: Person, today: Day): readonly Assessment[] {
  const injections = injectionsOf(person.vaccinations);
  const old = isOld(table, today);
  const { born } = person;
  return table.rules.map((rule) => ({
    rule,
    ...(born === null || born > today
      ? withoutBirthDate(rule, person)
      : verdictOf(rule, { born, today, injections, person, old })),
  }));
}

/** Of an adult, an exam of childhood is nothing to be told; of a child, all twenty are. */
export function isChild(born: Day | null, today: Day): boolean {
  return born !== null && today < addDuration(born, ADULT);
}

/** Vaccinations whose name says nothing to the table. */
export function unknownNames(vaccinations: readonly Vaccination[]): readonly string[] {
  const unknown = vaccinations.filter(({ name }) => protectsAgainst(name).size === 0);
  return [...new Set(unknown.map(({ name }) => name))];
}

function withoutBirthDate(rule: Rule, person: Person): Verdict {
  const last = lastAct(rule.id, person);
  return last === undefined ? { state: 'discuss', reason: 'no-birth-date' } : { state: 'done', last };
}

function verdictOf(rule: Rule, context: Context): Verdict {
  const { born, today, person } = context;
  const { when } = rule;
  if (
    (when.bornFrom !== undefined && born < when.bornFrom) ||
    (when.bornTo !== undefined && born > when.bornTo)
  )
    return none('cohort');
  if ((when.forceFrom !== undefined && today < when.forceFrom) || (when.forceTo ?? today) < today)
    return none('not-in-force');
  const from = addDuration(born, when.ageFrom);
  const until = when.ageUntil === undefined ? undefined : addDuration(born, when.ageUntil);
  const isLate = until !== undefined && today >= until;
  if (isLate && !(rule.group === 'child-exam' && isChild(born, today))) return none('age');
  const asked = personal(rule, person);
  if (asked === 'no') return none('answer');
  if (today < from) {
    if (asked !== undefined && !when.organ) return none('age');
    const ahead = scheduled(rule, context);
    if (ahead.state !== 'upcoming') return ahead.state === 'done' ? ahead : none('age');
    if (isFar(rule, ahead, today)) return none('far');
    return asked === undefined ? ahead : { state: 'situation', asks: asked };
  }
  if (asked !== undefined) return { state: 'situation', asks: asked };
  const verdict = scheduled(rule, context);
  return isFar(rule, verdict, today) ? none('far') : verdict;
}

/** The exams of a childhood are told together. */
function isFar({ group }: Rule, { state, from = '' }: Verdict, today: Day): boolean {
  return group !== 'child-exam' && state === 'upcoming' && from > addDuration(today, HORIZON);
}

/** What the person would have to say for the rule to be theirs: nothing more, no longer theirs, or these facts. */
function personal({ when }: Rule, { facts }: Person): 'no' | readonly string[] | undefined {
  const said = (fact: string): Answer => facts.get(fact) ?? 'unknown';
  if (when.unless?.some((fact) => said(fact) === 'yes')) return 'no';
  const all = [...(when.all ?? []), ...(when.organ ? [when.organ] : [])];
  const any = when.any ?? [];
  if (all.some((fact) => said(fact) === 'no')) return 'no';
  if (any.length > 0 && any.every((fact) => said(fact) === 'no')) return 'no';
  const unsaid = all.filter((fact) => said(fact) !== 'yes');
  const open = any.length > 0 && !any.some((fact) => said(fact) === 'yes') ? any : [];
  return unsaid.length + open.length === 0 ? undefined : [...unsaid, ...open];
}

function scheduled(rule: Rule, context: Context): Verdict {
  const { schedule } = rule;
  if (schedule.type === 'window') return windowed(rule, context);
  if (schedule.anchor === 'last-done') return repeated(rule, context);
  if (schedule.anchor === 'season') return seasonal(rule, context);
  if (schedule.anchor === 'age') return byAge(rule, context);
  const settled = (rule.settledBy ?? []).map((one) => isSettled(rule, one, context));
  if (settled.includes('yes')) return done(rule, context);
  const verdict = inSeries(rule, context);
  return settled.includes('perhaps') && verdict.state !== 'done' && verdict.state !== 'check'
    ? { state: 'check', reason: 'partial-date' }
    : verdict;
}

/** Why no date may be given, or nothing. */
function undated(rule: Rule, { old }: Context): Verdict | undefined {
  const { schedule, confidence, dated } = rule;
  const isEmpty =
    !schedule.window && !schedule.anchor && schedule.options.every(({ doses }) => doses.length === 0);
  if (isEmpty) return { state: 'discuss', reason: 'no-schedule' };
  if (!dated || confidence !== 'official-read') return { state: 'discuss', reason: 'not-official' };
  return old ? { state: 'discuss', reason: 'old-table' } : undefined;
}

function windowed(rule: Rule, context: Context): Verdict {
  const last = lastAct(rule.id, context.person);
  if (last !== undefined) return { state: 'done', last };
  const { window } = rule.schedule;
  const why = undated(rule, context);
  if (why || !window) return why ?? { state: 'discuss', reason: 'no-schedule' };
  const [from, until] = [addDuration(context.born, window.from), addDuration(context.born, window.until)];
  if (rule.when.forceFrom !== undefined && until <= rule.when.forceFrom) return none('not-in-force');
  return between(from, until, context.today);
}

/** Screenings and the like: again so long after the last one. */
function repeated(rule: Rule, context: Context): Verdict {
  const { born, today, person } = context;
  const { every, after: before, options } = rule.schedule;
  const acts = actsOf(rule.id, person);
  const last = acts.at(-1);
  const end = rule.when.ageUntil === undefined ? undefined : addDuration(born, rule.when.ageUntil);
  const start = addDuration(born, rule.when.ageFrom);
  const second = options[0]?.doses[acts.length];
  const why = undated(rule, context);
  if (last !== undefined) {
    const step = second?.interval ?? every;
    if (why || step === undefined) return { state: 'done', last, ...(why?.reason && { reason: why.reason }) };
    return again(last, step, start, end, today);
  }
  const earlier = before && actsOf(before.rule, person).at(-1);
  if (why) return why;
  if (before && earlier !== undefined) return again(earlier, before.every, start, end, today);
  return between(start, end, today);
}

function again(last: string, every: Duration, start: Day, end: Day | undefined, today: Day): Verdict {
  const span = spanOf(last);
  if (!span) return { state: 'check', reason: 'partial-date', last };
  const next = after(span, every);
  if (end !== undefined && next.first >= end) return { state: 'done', last };
  if (next.first < start && start > today) return { ...between(start, end, today), last };
  if (today < next.first) return { state: 'done', last, again: addToPartial(last, every) };
  return today >= next.last ? { state: 'now', last } : { state: 'check', reason: 'partial-date', last };
}

/** Every autumn, or once in a season. Between two campaigns whose days are known, none is made up. */
function seasonal(rule: Rule, context: Context): Verdict {
  const { born, today, injections } = context;
  const { type, season, every } = rule.schedule;
  const those = injections.filter(({ against }) => rule.topics.every((topic) => against.has(topic)));
  const newest = those.at(-1);
  if (newest && type === 'seasonal') return { state: 'done', last: newest.date };
  const { last: known, next } = season ?? {};
  const start = seasonStart(known, next, today);
  if (newest && start !== undefined && every !== undefined && today < addDuration(newest.span.last, every)) {
    if (newest.span.first >= start) return { state: 'done', last: newest.date };
    if (newest.span.last >= start) return { state: 'check', reason: 'partial-date', last: newest.date };
  }
  const why = undated(rule, context);
  if (why) return newest ? { ...why, last: newest.date } : why;
  const open = next && today <= next.to ? next : known && today <= known.to ? known : undefined;
  if (!open) return { state: 'discuss', reason: 'season', ...(newest && { last: newest.date }) };
  const from = later(open.from, addDuration(born, rule.when.ageFrom));
  return { ...between(from, addDays(open.to, 1), today), ...(newest && { last: newest.date }) };
}

/** The first day of the season in which today stands: what was received since is of this one. */
function seasonStart(
  known: { from: Day; to: Day } | undefined,
  next: { from: Day; to: Day } | undefined,
  today: Day,
): Day | undefined {
  if (next && today >= next.from) return next.from;
  return known && today > known.to ? addDays(known.to, 1) : known?.from;
}

/** At a fixed age, and then every so many years of age. */
function byAge(rule: Rule, context: Context): Verdict {
  const { born, today, injections } = context;
  const { every, anchorAge, options } = rule.schedule;
  const dose = options[0]?.doses[0];
  const why = undated(rule, context);
  if (!dose || every === undefined || anchorAge === undefined)
    return { state: 'discuss', reason: 'no-schedule' };
  let from = addDuration(born, anchorAge);
  for (let next = addDuration(from, every); next <= today; next = addDuration(next, every)) from = next;
  const { least, most, counted } = tally(injections, rule.topics, from, today < from ? undefined : GRACE);
  const newest = counted.at(-1);
  if (least > 0 && newest)
    return { state: 'done', last: newest.date, ...(!why && { again: addDuration(from, every) }) };
  if (most > 0) return { state: 'check', reason: 'partial-date' };
  if (why) return why;
  return between(from, addDuration(from, unitOf(every)), today);
}

function inSeries(rule: Rule, context: Context): Verdict {
  const { options } = rule.schedule;
  const brands = options.filter(({ id }) => options.length > 1 && ofBrand(context.injections, id));
  const verdicts = (brands.length > 0 ? brands : options).map((option) => inOption(rule, option, context));
  const [first] = verdicts;
  if (!first) return { state: 'discuss', reason: 'no-schedule' };
  const agree = verdicts.every(({ state, from }) => state === first.state && from === first.from);
  return agree ? first : { state: 'check', reason: 'partial-cover' };
}

function inOption(rule: Rule, { doses }: ScheduleOption, context: Context): Verdict {
  const { born, injections } = context;
  const start = rule.countFrom === undefined ? undefined : addDuration(born, rule.countFrom);
  const grace = start !== undefined && start >= addDuration(born, 'P6Y') ? GRACE : undefined;
  const { least, most, counted } = tally(injections, rule.topics, start, grace);
  const newest = counted.at(-1);
  const noted = { noted: least, of: doses.length, ...(newest && { last: newest.date }) };
  if (doses.length > 0 && least >= doses.length) return { state: 'done', ...noted };
  if (most > least)
    return { state: 'check', reason: hasPart(rule, context) ? 'partial-cover' : 'partial-date', ...noted };
  if (least === 0 && received(injections, rule.near ?? []))
    return { state: 'check', reason: 'near', ...noted };
  const why = undated(rule, context);
  const dose = doses[least];
  if (why || !dose)
    return doses.length === 0 && least > 0
      ? { state: 'check', reason: 'no-schedule', ...noted }
      : { ...why, state: 'discuss', ...noted };
  return { ...noted, dose, ...dated(rule, dose, counted.at(-1), context) };
}

/** Some of the diseases of a combined vaccine are covered, others are not. */
function hasPart({ topics }: Rule, { injections }: Context): boolean {
  return (
    topics.some((topic) => received(injections, [topic])) &&
    !topics.every((topic) => received(injections, [topic]))
  );
}

/** When the next dose is for: at its age, and long enough after the one before. */
function dated(rule: Rule, dose: Dose, before: Injection | undefined, { born, today }: Context): Verdict {
  if (dose.ageMax !== undefined && today >= addDuration(born, dose.ageMax))
    return { state: 'discuss', reason: 'over-age' };
  const interval = dose.interval ?? dose.minInterval;
  const age = dose.age ?? (before || dose.role === 'catch-up' ? undefined : rule.when.ageFrom);
  const byAge = age === undefined ? undefined : addDuration(born, age);
  const byInterval = before && interval !== undefined ? after(before.span, interval) : undefined;
  if (byAge === undefined && byInterval === undefined)
    return before ? { state: 'discuss', reason: 'not-official' } : { state: 'check', reason: 'not-noted' };
  const earliest = later(byAge ?? '', byInterval?.first ?? '');
  const latest = later(byAge ?? '', byInterval?.last ?? '');
  if (earliest !== latest) return { state: 'check', reason: 'partial-date' };
  const unit = unitOf(age ?? interval ?? 'P1M');
  const ends = dose.ageUntil === undefined ? undefined : addDuration(born, dose.ageUntil);
  const usual = addDuration(earliest, unit);
  const until = ends === undefined || ends <= earliest ? usual : ends;
  return between(earliest, until, today);
}

/** Before, in, or past a time; what has no end goes on. */
function between(from: Day, until: Day | undefined, today: Day): Verdict {
  const time = { from, ...(until !== undefined && { until }) };
  if (today < from) return { state: 'upcoming', ...time };
  return until !== undefined && today >= until
    ? { state: 'check', reason: 'past', ...time }
    : { state: 'now', ...time };
}

function isSettled(
  rule: Rule,
  settlement: Settlement,
  { born, today, injections }: Context,
): 'yes' | 'perhaps' | 'no' {
  const { doses, topics = rule.topics, from, startedBefore, within } = settlement;
  const since =
    from !== undefined
      ? addDuration(born, from)
      : within !== undefined
        ? subtractDuration(today, within)
        : undefined;
  const { least, most, counted } = tally(injections, topics, since);
  if (startedBefore !== undefined && counted[0] && counted[0].span.last >= addDuration(born, startedBefore))
    return counted[0].span.first < addDuration(born, startedBefore) && least >= doses ? 'perhaps' : 'no';
  if (least >= doses) return 'yes';
  return most >= doses ? 'perhaps' : 'no';
}

function done({ topics }: Rule, { injections }: Context): Verdict {
  const last = injections.filter(({ against }) => topics.some((topic) => against.has(topic))).at(-1)?.date;
  return { state: 'done', ...(last !== undefined && { last }) };
}

function actsOf(rule: string, { acts }: Person): readonly string[] {
  return acts
    .filter((act) => act.rule === rule)
    .map(({ date }) => date)
    .sort();
}

function lastAct(rule: string, person: Person): string | undefined {
  return actsOf(rule, person).at(-1);
}

function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}

function none(reason: Reason): Verdict {
  return { state: 'none', reason };
}
