/** Small bundles of Solène's, one resource after the other, and what is made of each. */
import type { ImportPlan, ResourceOutcome } from '#lib/exchange/fhir/plan.ts';
import { plan, said } from './reading.ts';

export type Piece = Readonly<Record<string, unknown>>;

const SOLENE = 'urn:uuid:4a0c7f6e-0000-4000-8000-0000000000aa';

export const solene = {
  fullUrl: SOLENE,
  resource: {
    resourceType: 'Patient',
    id: 'solene',
    name: [{ family: 'Marchand', given: ['Solène'] }],
    birthDate: '1988-05-17',
  },
};

/** The resources in one collection, each under an address of its own. */
export function collection(resources: readonly Piece[], over: object = {}): object {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      solene,
      ...resources.map((resource, index) => ({
        fullUrl: `urn:uuid:4a0c7f6e-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
        resource: { subject: { reference: SOLENE }, ...resource },
      })),
    ],
    ...over,
  };
}

/** What each became: the fields of its entries, or the reason why it became none. */
export async function outcomesOf(resources: readonly Piece[]): Promise<unknown[]> {
  const planned = await plan(collection(resources));
  return planned.resources.slice(1).map((one) => outcomeIn(planned, one));
}

export function outcomeIn({ entries }: ImportPlan, { outcome }: ResourceOutcome): unknown {
  if (outcome.type === 'declared') return `none: ${outcome.section}`;
  if (outcome.type === 'kept') return [outcome.reason, ...(outcome.said ?? [])].join(': ');
  const those = entries.filter(({ id }) => outcome.ids.includes(id)).map(({ fields }) => said(fields));
  return those.length === 1 ? those[0] : those;
}

/** What the file says of the only entry, beside its fields. */
export async function remarksOn(resource: Piece): Promise<string[]> {
  const { entries } = await plan(collection([resource]));
  return entries.flatMap(({ remarks }) =>
    remarks.map(({ type, field, said: words }) => `${type} ${field ?? '-'}: ${words}`),
  );
}

export const named = (resourceType: string, text: string, more: object = {}): Piece => {
  const at = {
    Immunization: 'vaccineCode',
    MedicationStatement: 'medicationCodeableConcept',
    MedicationRequest: 'medicationCodeableConcept',
    MedicationOrder: 'medicationCodeableConcept',
  };
  const name = at[resourceType as keyof typeof at] ?? 'code';
  return { resourceType, [name]: { text }, ...more };
};

export const measure = (code: string, more: object = {}): Piece => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code }] },
  effectiveDateTime: '2026-03-08T09:20:00+01:00',
  ...more,
});
