/** What a calendar shows of a person's standing: every rule that concerns them in exactly one place. */
import type { Assessment, State } from '#lib/record/prevention/assess.ts';

type ShownState = Exclude<State, 'situation' | 'none'>;

export interface CalendarGroup {
  readonly state: ShownState;
  readonly those: readonly Assessment[];
  /** What would make the list long, one press away. */
  readonly rest: readonly Assessment[];
}

export interface CalendarGroups {
  readonly shown: readonly CalendarGroup[];
  /** An answer of the person would tell whether these are theirs. */
  readonly situation: readonly Assessment[];
  /** Theirs it would be by age, and they said that it is not. */
  readonly notMine: readonly Assessment[];
}

const ORDER: readonly ShownState[] = ['now', 'upcoming', 'check', 'discuss', 'done'];
const AT_ONCE = 4;

export function calendarOf(assessments: readonly Assessment[]): CalendarGroups {
  const shown = ORDER.map((state): CalendarGroup => {
    const all = assessments.filter((one) => one.state === state).sort(byTime);
    // One more row is shorter than the line that offers it.
    const atOnce = state === 'now' || all.length <= AT_ONCE + 1 ? all.length : AT_ONCE;
    return { state, those: all.slice(0, atOnce), rest: all.slice(atOnce) };
  });
  return {
    shown: shown.filter(({ state, those }) => state === 'now' || those.length > 0),
    situation: assessments.filter(({ state }) => state === 'situation'),
    notMine: assessments.filter(({ state, reason }) => state === 'none' && reason === 'answer'),
  };
}

const KINDS: readonly Assessment['rule']['kind'][] = ['mandatory', 'recommended', 'offered'];

/** What comes or ends first; of equals, what is mandatory. What was done, latest first. */
function byTime(a: Assessment, b: Assessment): number {
  if (a.state === 'done') return compare(b.last ?? '', a.last ?? '');
  const when = (one: Assessment): string => (one.state === 'now' ? one.until : one.from) ?? '9999';
  return compare(when(a), when(b)) || KINDS.indexOf(a.rule.kind) - KINDS.indexOf(b.rule.kind);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
