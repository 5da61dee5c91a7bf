/**
 * What a table of prevention rules holds. The table of a country and a year is one JSON file (rules-fr.json), loaded by
 * the pages that show it; rules.test.ts holds it against its schema. Conventions: durations are added to the date of
 * birth; `…From` is included and `…Until` is not; a key that is absent was not read, which does not mean "no limit".
 */
import type { Words } from '../section.ts';
import type { Day, Duration } from './calendar.ts';

export type RuleGroup =
  'vaccination' | 'immunisation' | 'child-exam' | 'screening' | 'dental' | 'prevention-check';

export interface RuleTable {
  readonly id: string;
  readonly version: string;
  readonly country: string;
  readonly compiledOn: Day;
  /** A draft was not checked against the official calendar of the year, nor signed by a professional. */
  readonly state: 'draft' | 'checked';
  readonly stateWords: Words;
  readonly disclaimer: Words;
  readonly sources: Readonly<Record<string, RuleSource>>;
  readonly rules: readonly Rule[];
}

export interface RuleSource {
  readonly title: string;
  readonly publisher: string;
  readonly date: string | null;
  readonly address: string;
  readonly tier: 'official' | 'secondary';
}

export interface Rule {
  readonly id: string;
  readonly group: RuleGroup;
  /** What a dose has to protect against, all of them; for an exam, what it looks for. */
  readonly topics: readonly string[];
  /** Vaccines that resemble it: one that was received is for a professional to judge. */
  readonly near?: readonly string[];
  /** What the rule is in France; it never says how strongly to push. */
  readonly kind: 'mandatory' | 'recommended' | 'offered';
  readonly title: Words;
  readonly when: RuleCondition;
  /** Doses before this age are not counted. */
  readonly countFrom?: Duration;
  /** Recorded doses that settle the rule whatever its schedule: any of these is enough. */
  readonly settledBy?: readonly Settlement[];
  readonly schedule: Schedule;
  /** What to do when it was not done at its time. */
  readonly more?: Words;
  readonly notes?: Words;
  readonly confidence: 'official-read' | 'secondary-read';
  /** Whether everything a date needs was read in an official source. */
  readonly dated: boolean;
  /** The latest date at which a source shows the rule to hold: YYYY, YYYY-MM or YYYY-MM-DD. */
  readonly asOf: string;
  readonly source: string;
}

export interface RuleCondition {
  readonly bornFrom?: Day;
  readonly bornTo?: Day;
  readonly ageFrom: Duration;
  readonly ageUntil?: Duration;
  readonly forceFrom?: Day;
  readonly forceTo?: Day;
  /** Facts of the person (sections/prevention-facts.ts), all or any of which make the rule theirs. */
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly unless?: readonly string[];
  readonly organ?: 'cervix' | 'breast';
}

export interface Settlement {
  readonly doses: number;
  readonly topics?: readonly string[];
  readonly from?: Duration;
  readonly startedBefore?: Duration;
  readonly within?: Duration;
}

export interface Schedule {
  readonly type: 'series' | 'recurring' | 'seasonal' | 'window';
  readonly label?: Words;
  readonly options: readonly ScheduleOption[];
  readonly window?: { readonly from: Duration; readonly until: Duration };
  readonly every?: Duration;
  readonly anchor?: 'age' | 'season' | 'last-done';
  readonly anchorAge?: Duration;
  readonly season?: { readonly last?: Campaign; readonly next?: Campaign };
  /** The first time comes so long after the last of another rule. */
  readonly after?: { readonly rule: string; readonly every: Duration };
}

/** The days of a campaign, both included. */
export interface Campaign {
  readonly from: Day;
  readonly to: Day;
}

export interface ScheduleOption {
  readonly id: string;
  readonly label?: Words;
  readonly doses: readonly Dose[];
}

export interface Dose {
  readonly role: string;
  readonly label: Words;
  readonly age?: Duration;
  readonly ageUntil?: Duration;
  readonly ageMin?: Duration;
  readonly ageMax?: Duration;
  /** Since the dose before. */
  readonly interval?: Duration;
  readonly minInterval?: Duration;
}
