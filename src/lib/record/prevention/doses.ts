/** The injections that a person noted, as far as they count for a rule. A date that is partly known stays so. */
import { addDuration, type Day, type Duration, type Span, spanOf, subtractDuration } from './calendar.ts';
import { names, protectsAgainst } from './vaccine-names.ts';

export interface Vaccination {
  readonly name: string;
  /** Partial date. */
  readonly date: string;
}

export interface Injection extends Vaccination {
  readonly span: Span;
  readonly against: ReadonlySet<string>;
}

/** Those that count for all of some topics: at least, and at most where a date is known in part. */
export interface Tally {
  readonly least: number;
  readonly most: number;
  /** The counted ones of the topic that has fewest, oldest first. */
  readonly counted: readonly Injection[];
}

/** Oldest first. What has no date that can be read, or no name that is known, counts for nothing. */
export function injectionsOf(vaccinations: readonly Vaccination[]): readonly Injection[] {
  return vaccinations
    .flatMap((one) => {
      const span = spanOf(one.date);
      return span ? [{ ...one, span, against: protectsAgainst(one.name) }] : [];
    })
    .sort((a, b) => compare(a.span.first, b.span.first) || compare(a.span.last, b.span.last));
}

/**
 * How many injections cover every one of the topics, from a day on. One that was received in the `grace` before that day
 * may have been meant for it: it is possible, not counted.
 */
export function tally(
  injections: readonly Injection[],
  topics: readonly string[],
  from: Day | undefined,
  grace?: Duration,
): Tally {
  const possibleFrom = from !== undefined && grace !== undefined ? subtractDuration(from, grace) : from;
  const counts = topics.map((topic) => {
    const those = onePerDay(injections.filter(({ against }) => against.has(topic)));
    const counted = those.filter(({ span }) => from === undefined || span.first >= from);
    const possible = those.filter(({ span }) => possibleFrom === undefined || span.last >= possibleFrom);
    return { counted, most: possible.length };
  });
  const [fewest] = [...counts].sort((a, b) => a.counted.length - b.counted.length);
  return {
    least: fewest?.counted.length ?? 0,
    most: Math.max(0, ...counts.map(({ most }) => most)),
    counted: fewest?.counted ?? [],
  };
}

export function received(injections: readonly Injection[], topics: readonly string[]): boolean {
  return injections.some(({ against }) => topics.some((topic) => against.has(topic)));
}

export function ofBrand(injections: readonly Injection[], brand: string): boolean {
  return injections.some(({ name }) => names(name, brand));
}

/** When the next dose may come after one, earliest and latest. */
export function after({ first, last }: Span, interval: Duration): Span {
  return { first: addDuration(first, interval), last: addDuration(last, interval) };
}

/** The same injection is often noted under two names: one day holds one dose of a thing. */
function onePerDay(injections: readonly Injection[]): readonly Injection[] {
  return injections.filter(
    ({ span }, at) =>
      span.first !== span.last || injections.findIndex((other) => sameDay(other.span, span)) === at,
  );
}

function sameDay(a: Span, b: Span): boolean {
  return a.first === b.first && a.last === b.last;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
