/** How measures are written into FHIR: one shape for each kind, from the table that gives their codes and units. */
import type { Code, FhirElement, FhirMapping, FhirShape } from '../fhir.ts';
import { MEASURE_KINDS, type MeasureKind, type Range } from '../measure-kinds.ts';

/** What no arithmetic of units knows: the mass of glucose, and that steps are counted by the day. */
const ALSO: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'mg/dL': { 'mmol/L': 18.016 },
  '1/(24.h)': { '1': 1 },
};

/** Codes that others use for the same thing. */
const KNOWN_AS: Readonly<Record<string, readonly Code[]>> = {
  weight: ['loinc|3141-9', 'snomed|27113001'],
  height: ['loinc|8306-3', 'snomed|50373000'],
  temperature: ['loinc|8331-1', 'snomed|386725007'],
  glucose: ['loinc|2345-7', 'loinc|15074-8', 'loinc|1558-6', 'loinc|14749-6', 'loinc|41653-7'],
  pressure: ['loinc|55284-4'],
  waist: ['loinc|56086-2'],
  steps: ['loinc|55423-8'],
  head: ['loinc|9843-4'],
};

function shapeOf({ id, loinc, ucum, ucumFactor, pair, plausible }: MeasureKind): FhirShape {
  const own: Code = `loinc|${loinc}`;
  const codes = [own, ...(KNOWN_AS[id] ?? [])];
  const quantity = (range: Range, component?: string): FhirElement => ({
    as: 'quantity',
    at: 'valueQuantity',
    unit: ucum,
    plausible: range,
    ...(ucumFactor !== undefined && { factor: ucumFactor }),
    ...(ALSO[ucum] && { also: ALSO[ucum] }),
    ...(component !== undefined && { component: `loinc|${component}` as Code }),
  });
  const isLaboratory = id === 'glucose';
  return {
    resource: 'Observation',
    summary: isLaboratory ? 'results' : 'vitals',
    subject: 'subject',
    when: { field: 'kind', values: [id] },
    marked: { at: 'code', codes: codes.map((code) => code.slice(code.indexOf('|') + 1)) },
    fixed: { status: 'final' },
    coded: { 'category.0': `observation-category|${isLaboratory ? 'laboratory' : 'vital-signs'}` },
    fields: {
      kind: { as: 'concept-code', at: 'code', codes: { [id]: codes }, text: true },
      date: { as: 'date', at: 'effectiveDateTime', from: ['effectivePeriod.start', 'effectiveInstant'] },
      time: { as: 'time', at: 'effectiveDateTime', from: ['effectivePeriod.start', 'effectiveInstant'] },
      value: quantity(pair?.first.plausible ?? plausible, pair?.first.loinc),
      ...(pair && { second: quantity(pair.second.plausible, pair.second.loinc) }),
      comment: { as: 'note', at: 'note' },
    },
  };
}

export const measuresFhir: FhirMapping = {
  section: 'measures',
  shapes: MEASURE_KINDS.filter(({ id }) => id !== 'bmi').map(shapeOf),
};

export const targetsFhir: FhirMapping = {
  section: 'targets',
  shapes: [
    {
      resource: 'Goal',
      summary: 'goals',
      subject: 'subject',
      marked: { at: 'description', codes: MEASURE_KINDS.map(({ id }) => id) },
      fixed: { lifecycleStatus: 'active' },
      fields: {
        kind: {
          as: 'concept-code',
          at: 'description',
          codes: Object.fromEntries(MEASURE_KINDS.map(({ id }) => [id, [`carnet|${id}` as Code]])),
          text: true,
        },
      },
    },
  ],
};
