/** The table of prevention rules: well-formed, whole, and no date promised where its sources do not carry it. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { preventionFacts } from '../sections/prevention-facts.ts';
import { addDuration, parseDay } from './calendar.ts';
import type { Rule, RuleTable } from './rules.ts';
import json from './rules-fr.json' with { type: 'json' };
import { topicName } from './topics.ts';
import { protectsAgainst } from './vaccine-names.ts';

const words = v.strictObject({
  fr: v.pipe(
    v.string(),
    v.minLength(2),
    v.check((text) => text === text.trim()),
  ),
  en: v.pipe(
    v.string(),
    v.minLength(2),
    v.check((text) => text === text.trim()),
  ),
});
const day = v.pipe(
  v.string(),
  v.check((text) => parseDay(text) !== null),
);
const duration = v.pipe(v.string(), v.regex(/^P\d{1,3}[DWMY]$/));
const fact = v.picklist(preventionFacts.fields[0].values as [string, ...string[]]);
const topics = v.pipe(v.array(v.string()), v.minLength(1));
const campaign = v.strictObject({ from: day, to: day });
const dose = v.strictObject({
  role: v.string(),
  label: words,
  age: v.optional(duration),
  ageUntil: v.optional(duration),
  ageMin: v.optional(duration),
  ageMax: v.optional(duration),
  interval: v.optional(duration),
  minInterval: v.optional(duration),
});
const schedule = v.strictObject({
  type: v.picklist(['series', 'recurring', 'seasonal', 'window']),
  label: v.optional(words),
  options: v.array(v.strictObject({ id: v.string(), label: v.optional(words), doses: v.array(dose) })),
  window: v.optional(v.strictObject({ from: duration, until: duration })),
  every: v.optional(duration),
  anchor: v.optional(v.picklist(['age', 'season', 'last-done'])),
  anchorAge: v.optional(duration),
  season: v.optional(v.strictObject({ last: v.optional(campaign), next: v.optional(campaign) })),
  after: v.optional(v.strictObject({ rule: v.string(), every: duration })),
});
const rule = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^fr-[a-z0-9-]{1,50}$/)),
  group: v.picklist(['vaccination', 'immunisation', 'child-exam', 'screening', 'dental', 'prevention-check']),
  topics,
  near: v.optional(topics),
  kind: v.picklist(['mandatory', 'recommended', 'offered']),
  title: words,
  when: v.strictObject({
    bornFrom: v.optional(day),
    bornTo: v.optional(day),
    ageFrom: duration,
    ageUntil: v.optional(duration),
    forceFrom: v.optional(day),
    forceTo: v.optional(day),
    all: v.optional(v.array(fact)),
    any: v.optional(v.array(fact)),
    unless: v.optional(v.array(fact)),
    organ: v.optional(v.picklist(['cervix', 'breast'])),
  }),
  countFrom: v.optional(duration),
  settledBy: v.optional(
    v.array(
      v.strictObject({
        doses: v.pipe(v.number(), v.integer(), v.minValue(1)),
        topics: v.optional(topics),
        from: v.optional(duration),
        startedBefore: v.optional(duration),
        within: v.optional(duration),
      }),
    ),
  ),
  schedule,
  more: v.optional(words),
  notes: v.optional(words),
  confidence: v.picklist(['official-read', 'secondary-read']),
  dated: v.boolean(),
  asOf: v.pipe(v.string(), v.regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)),
  source: v.string(),
});
const table = v.strictObject({
  schema: v.literal('carnet-prevention-rules/1'),
  id: v.string(),
  version: v.string(),
  country: v.literal('FR'),
  compiledOn: day,
  state: v.picklist(['draft', 'checked']),
  stateWords: words,
  disclaimer: words,
  sources: v.record(
    v.string(),
    v.strictObject({
      title: v.string(),
      publisher: v.string(),
      date: v.nullable(v.string()),
      address: v.pipe(v.string(), v.url()),
      tier: v.picklist(['official', 'secondary']),
    }),
  ),
  rules: v.array(rule),
});

const rules: readonly Rule[] = (json as unknown as RuleTable).rules;

describe('MED-32…38: the table of prevention rules', () => {
  test('fits its schema, with every sentence in both languages', () => {
    const read = v.safeParse(table, json);
    expect(read.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toBeUndefined();
    for (const { title, notes, more } of rules)
      for (const text of [title, notes, more]) if (text) expect(text.en).not.toBe(text.fr);
  });

  test('has seventy-six rules, twenty of them the exams of childhood, each with its own id and a source that is there', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(76);
    expect(rules.filter(({ group }) => group === 'child-exam')).toHaveLength(20);
    for (const { source, schedule, id } of rules) {
      expect(Object.hasOwn(json.sources, source), id).toBe(true);
      if (schedule.after)
        expect(
          rules.some((other) => other.id === schedule.after?.rule),
          id,
        ).toBe(true);
    }
  });

  test('promises a date only where an official source was read and there is something to count from', () => {
    const sources = (json as unknown as RuleTable).sources;
    for (const { id, dated, confidence, source, schedule } of rules.filter((one) => one.dated)) {
      expect([dated, confidence, sources[source]?.tier], id).toEqual([true, 'official-read', 'official']);
      const hasDoses = schedule.options.some(({ doses }) => doses.length > 0);
      expect(hasDoses || schedule.window !== undefined || schedule.anchor === 'last-done', id).toBe(true);
    }
  });

  test('has no rule that shows a source as newer than the table', () => {
    for (const { id, asOf } of rules) expect(asOf <= json.compiledOn.slice(0, asOf.length), id).toBe(true);
  });

  test('has ages that go forward', () => {
    const at = (age: string): string => addDuration('2000-01-31', age);
    for (const { id, when, schedule } of rules) {
      if (when.ageUntil !== undefined) expect(at(when.ageFrom) < at(when.ageUntil), id).toBe(true);
      for (const { age, ageUntil } of schedule.options.flatMap(({ doses }) => doses))
        if (age !== undefined && ageUntil !== undefined) expect(at(age) < at(ageUntil), id).toBe(true);
    }
  });
});

describe('MED-32: the name of a disease or of a vaccine', () => {
  test.each([
    ['Tétanos, polio, coqueluche', ['pertussis', 'poliomyelitis', 'tetanus']],
    ['REVAXIS', ['diphtheria', 'poliomyelitis', 'tetanus']],
    ['DTPolio', ['diphtheria', 'poliomyelitis', 'tetanus']],
    ['Infanrix Hexa', ['diphtheria', 'hepatitis-b', 'hib', 'pertussis', 'poliomyelitis', 'tetanus']],
    ['ROR (M-M-RVaxPro)', ['measles', 'mumps', 'rubella']],
    ['Prevenar 20', ['pneumococcus', 'pneumococcus-broad']],
    ['Prévenar 13', ['pneumococcus']],
    ['Haemophilus influenzae b', ['hib']],
    ['grippe saisonnière', ['influenza']],
    ['méningocoques A, C, W, Y', ['meningococcus-acwy']],
    ['Zona (Zostavax)', ['zoster-live']],
    ['Hépatites A et B', ['hepatitis-a', 'hepatitis-b']],
    ['Covid-19', ['covid-19']],
  ])('%s tells what it protects against', (name, against) => {
    expect([...protectsAgainst(name)].sort()).toEqual(against);
  });

  test.each(['méningite', 'hépatite', 'vaccin du voyage', 'tétra', '', 'DTX', 'constructor'])(
    '"%s" says too little, and nothing is guessed',
    (name) => {
      expect(protectsAgainst(name).size).toBe(0);
    },
  );

  test('what is noted from a rule is understood again, in both languages', () => {
    for (const { id, group, topics: those } of rules)
      if (group === 'vaccination' || group === 'immunisation')
        for (const language of ['fr', 'en'] as const) {
          const understood = protectsAgainst(topicName(those, (text) => text[language]));
          expect(
            those.filter((topic) => !understood.has(topic)),
            id,
          ).toEqual([]);
        }
  });
});
