/**
 * Bundles in which one thing was made strange. Whatever it was, the preview and the report say what was not understood, and
 * that there is nothing new is not said of them.
 */
import { expect, test } from 'vitest';
import { detailsOf, isDoubtful, keptOf } from '#lib/app/exchange/kept.ts';
import { noteWords } from '#lib/app/exchange/file-notes.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import { nameOf } from '#lib/record/profile-section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { linesOf, summaryWords } from '#lib/ui/import/words.ts';
import { type SeededRandom, seededRandom } from '../helpers/tools/random.ts';
import { report } from '../interop/main.ts';
import { collection, measure, named, type Piece } from './pieces.ts';
import { french, read } from './reading.ts';

/** What no code, date, unit or name is. */
const ODD = 'zqx7';

type Loose = Record<string, unknown>;

/** Understood whole: every value of it stands in the record. */
const CLEAN: readonly Piece[] = [
  named('Condition', 'Asthme', {
    ...{
      clinicalStatus: { coding: [{ code: 'active' }] },
      verificationStatus: { coding: [{ code: 'confirmed' }] },
    },
    ...{ onsetDateTime: '2012-03', note: [{ text: 'Suivi annuel.' }] },
  }),
  named('AllergyIntolerance', 'Kiwi', { clinicalStatus: { coding: [{ code: 'active' }] }, type: 'allergy' }),
  named('MedicationStatement', 'Bisoprolol', {
    ...{ status: 'active', effectivePeriod: { start: '2020-01-05' } },
    dosage: [
      {
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
        doseQuantity: { value: 1, unit: 'comprimé' },
      },
    ],
  }),
  named('MedicationRequest', 'Fer', { status: 'active', intent: 'order', authoredOn: '2026-02-01' }),
  named('Immunization', 'Rage', { status: 'completed', occurrenceDateTime: '2018-07-02', lotNumber: 'A1' }),
  named('Procedure', 'Arthroscopie', { status: 'completed', performedDateTime: '2019' }),
  {
    ...{
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: 'IMP' },
      reasonCode: [{ text: 'Fracture' }],
    },
    ...{ period: { start: '2017-04-01' }, length: { value: 3, unit: 'jours', code: 'd' } },
  },
  measure('29463-7', { valueQuantity: { value: 64, unit: 'kg' } }),
  measure('85354-9', {
    component: [
      { code: { coding: [{ code: '8480-6' }] }, valueQuantity: { value: 124, unit: 'mmHg' } },
      { code: { coding: [{ code: '8462-4' }] }, valueQuantity: { value: 78, unit: 'mmHg' } },
    ],
  }),
  {
    ...{
      resourceType: 'FamilyMemberHistory',
      status: 'completed',
      relationship: { coding: [{ code: 'MTH' }] },
    },
    condition: [{ code: { text: 'Glaucome' }, onsetAge: { value: 60, unit: 'ans' } }],
  },
  {
    ...{ resourceType: 'ExplanationOfBenefit', status: 'active', use: 'claim', outcome: 'complete' },
    item: [{ productOrService: { text: 'Bilan' }, servicedDate: '2026-04-02' }],
    total: [{ category: { coding: [{ code: 'submitted' }] }, amount: { value: 30, currency: 'EUR' } }],
  },
];

interface Mutated {
  readonly file: unknown;
  readonly what: string;
}

type Mutation = (resources: Loose[], random: SeededRandom) => unknown;

/** A place in a resource that one of the readers looks at. */
const at = (resources: Loose[], random: SeededRandom, fits: (resource: Loose) => string | undefined) => {
  const all = resources.filter((one) => fits(one) !== undefined);
  const resource = random.pick(all);
  return { resource, name: fits(resource) ?? '' };
};
const keyOf =
  (...names: string[]) =>
  (resource: Loose): string | undefined =>
    names.find((name) => name in resource);

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a status of no version': (resources, random) => {
    const { resource, name } = at(
      resources,
      random,
      keyOf('verificationStatus', 'clinicalStatus', 'outcome', 'status'),
    );
    resource[name] = ODD;
  },
  'a date of no calendar': (resources, random) => {
    const dates = [
      'onsetDateTime',
      'authoredOn',
      'occurrenceDateTime',
      'performedDateTime',
      'effectiveDateTime',
    ];
    const { resource, name } = at(resources, random, keyOf(...dates));
    resource[name] = random.pick([`${ODD} 2020`, `12/05/${ODD}`, `2020-${ODD}`]);
  },
  'a unit of nothing': (resources, random) => {
    const { resource } = at(resources, random, keyOf('valueQuantity', 'component'));
    const holder = 'component' in resource ? random.pick(resource['component'] as Loose[]) : resource;
    (holder['valueQuantity'] as Loose)['unit'] = ODD;
  },
  'a dosage with a word of its own': (resources, random) => {
    const { resource } = at(resources, random, keyOf('dosage'));
    const [dosage] = resource['dosage'] as Loose[];
    const repeat = (dosage?.['timing'] as Loose)['repeat'] as Loose;
    repeat[random.pick(['periodUnit', 'dayOfWeek', ODD])] = random.chance(0.5) ? ODD : [ODD];
  },
  'an element that no field has': (resources, random) => {
    random.pick(resources)[ODD] = random.pick<unknown>([ODD, { text: ODD }, [{ display: ODD }], 7, true]);
  },
  'a resource of another kind': (resources) => {
    resources.push({ resourceType: 'Device', type: { text: ODD } });
  },
  'an extension that changes the meaning': (resources, random) => {
    random.pick(resources)['modifierExtension'] = [{ url: `https://a.example/${ODD}`, valueBoolean: true }];
  },
  'a page that follows': () => ({ type: 'searchset', total: 4000, link: [{ relation: 'next', url: ODD }] }),
  'a bundle within that is none': (resources) => {
    resources.push({ resourceType: 'Bundle', entry: ODD });
  },
  'a system that complains': (resources) => {
    resources.push({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', diagnostics: ODD }] });
  },
  'a concept without words': (resources, random) => {
    const { resource, name } = at(
      resources,
      random,
      keyOf('code', 'vaccineCode', 'medicationCodeableConcept'),
    );
    resource[name] = { text: ' ', coding: [{ display: '', [ODD]: ODD }] };
  },
};

function mutate(random: SeededRandom): Mutated {
  const what = random.pick(Object.keys(MUTATIONS));
  const resources = structuredClone(random.shuffle(CLEAN)) as Loose[];
  const over = MUTATIONS[what]?.(resources, random);
  return { what, file: collection(resources, over ?? {}) };
}

/** All that a person reads of a plan. */
function previewOf(plan: ImportPlan): string {
  const offers = plan.entries.flatMap((entry) => {
    const section = healthSections.find(({ id }) => id === entry.section);
    return section
      ? [{ entry, section, name: nameOf(section, entry, french), standing: 'new' as const }]
      : [];
  });
  return [
    ...plan.notes.map((note) => french(noteWords(note))),
    ...offers.flatMap((offer) => [offer.name, ...linesOf(offer)]),
    ...keptOf(plan).flatMap(({ name, type, reason }) => [name, type, reason]),
    ...detailsOf(plan.resources).map(({ name }) => name),
  ].join('\n');
}

/** Once everything in it is in the record, and nothing can be chosen any more. */
const secondTime = ({ missed }: ImportPlan): string =>
  summaryWords({ count: 0, changes: 0, canAdd: false, missed });

test('a bundle that is understood whole says that there is nothing new, once it is in the record', async () => {
  const result = await read(collection(CLEAN));
  expect(
    result.ok &&
      result.plan.resources
        .filter(({ values, outcome }) => outcome.type !== 'mapped' || values.left.length > 0)
        .slice(1),
  ).toEqual([]);
  expect(result.ok && secondTime(result.plan)).toMatch(/est déjà dans votre profil/);
});

test('of 600 mutated bundles each says what was not understood, in the preview and in the report, and none that nothing is new', async () => {
  const counts: Record<string, number> = {};
  for (let seed = 0; seed < 600; seed += 1) {
    const { file, what } = mutate(seededRandom(`mutation ${seed}`));
    const where = `seed ${seed}: ${what}`;
    const result = await read(file);
    if (!result.ok) throw new Error(`${where}: refused`);
    const { plan } = result;
    expect(plan.missed.something, where).toBe(true);
    expect(secondTime(plan), where).not.toMatch(/est déjà dans votre profil/);
    const lines: string[] = [];
    report('mutated.json', new TextEncoder().encode(JSON.stringify(file)), result, (line) =>
      lines.push(line),
    );
    const told = { 'a page that follows': /4000/, 'a bundle within that is none': /Bundle/ }[what];
    // An extension's address is for machines; the resource it changes is named with the reason.
    const sign = what === 'an extension that changes the meaning' ? /modifi/ : (told ?? new RegExp(ODD));
    expect(previewOf(plan), where).toMatch(
      what === 'a concept without words' ? /manque une information|pas de rubrique/ : sign,
    );
    expect(lines.join('\n'), where).toMatch(what === 'a concept without words' ? /lacks|no-place/ : sign);
    expect(lines.join('\n'), where).not.toMatch(/everything was understood$/m);
    for (const { remarks, ...entry } of plan.entries)
      if (remarks.some(({ type }) => type === 'doubt'))
        expect(isDoubtful({ ...entry, remarks }), where).toBe(true);
    counts[what] = (counts[what] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(Object.keys(MUTATIONS).sort());
});
