/** Allergies (MED-23, MED-24): what one is allergic to, and what helps to know about it. */
import type { SectionDefinition } from '../section.ts';

export const allergies = {
  id: 'allergies',
  fhir: 'AllergyIntolerance',
  fields: [
    { name: 'name', kind: 'text', required: true, max: 100 },
    { name: 'comment', kind: 'longtext', max: 3000 },
  ],
} as const satisfies SectionDefinition;
