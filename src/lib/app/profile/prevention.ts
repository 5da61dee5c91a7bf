/** The prevention calendar of the person whose record it is: their facts, the table, and what follows from both. */
import type { Entry } from '#lib/record/entry.ts';
import { formatPartialDate, today } from '#lib/record/partial-date.ts';
import {
  type Answer,
  assess,
  type Assessment,
  isChild,
  isOld,
  type Person,
  unknownNames,
} from '#lib/record/prevention/assess.ts';
import { type Day, parseDay } from '#lib/record/prevention/calendar.ts';
import type { RuleTable } from '#lib/record/prevention/rules.ts';
import { answersOf, factId, preventionFacts } from '#lib/record/sections/prevention-facts.ts';
import { preventiveActs } from '#lib/record/sections/preventive-acts.ts';
import { vaccinations } from '#lib/record/sections/vaccinations.ts';
import type { Answer as Answered, RecordCalls, RecordView } from '#lib/vault/door/door.ts';

/** The table of the country: a file of its own, fetched (from this device) when a page shows it. */
export async function loadRules(): Promise<RuleTable> {
  return (await import('#lib/record/prevention/rules-fr.json')).default as unknown as RuleTable;
}

export interface Assessed {
  readonly table: RuleTable;
  readonly assessments: readonly Assessment[];
  readonly answers: ReadonlyMap<string, Answer>;
  /** Null when it is not known to the day. */
  readonly born: Day | null;
  readonly child: boolean;
  readonly old: boolean;
  /** Vaccinations whose name the table does not know. */
  readonly unknown: readonly string[];
}

export function assessedOf(table: RuleTable, record: RecordView, now: number): Assessed {
  const day = formatPartialDate(today(now));
  const person = personOf(record);
  return {
    table,
    assessments: assess(table, person, day),
    answers: person.facts,
    born: person.born,
    child: isChild(person.born, day),
    old: isOld(table, day),
    unknown: unknownNames(person.vaccinations),
  };
}

function personOf({ owner, entries }: RecordView): Person {
  const text = ({ fields }: Entry, name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    born: parseDay(owner.birthDate),
    vaccinations: (entries[vaccinations.id] ?? []).map((entry) => ({
      name: text(entry, 'name'),
      date: text(entry, 'start'),
    })),
    acts: (entries[preventiveActs.id] ?? []).map((entry) => ({
      rule: text(entry, 'rule'),
      date: text(entry, 'start'),
    })),
    facts: answersOf(entries[preventionFacts.id] ?? []),
  };
}

/** One fact, one entry: what was said before is replaced. */
export function answerFact(door: RecordCalls, fact: string, answer: Answer): Answered<void> {
  const [section, id] = [preventionFacts.id, factId(fact)];
  return door.edit([
    { type: 'put', section, id, fields: { fact, answer } },
    { type: 'restore', section, id },
  ]);
}
