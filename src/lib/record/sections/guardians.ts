/**
 * Who holds a child's record beside its roster, which knows addresses alone: how each guardian is called, written by each for
 * themselves, and who has declared of whom that they are the child's legal representative (KID-14).
 *
 * The id of an entry is the first 16 bytes of the address that it is about.
 */
import type { SectionDefinition } from '../section.ts';

/** A name counts that a device of this very address has written. */
export const guardians = {
  id: 'guardians',
  fhir: null,
  fields: [
    { name: 'address', kind: 'text', required: true, max: 120 },
    { name: 'firstName', kind: 'text', required: true, max: 100 },
    { name: 'lastName', kind: 'text', required: true, max: 100 },
  ],
} as const satisfies SectionDefinition;

export const guardianDeclarations = {
  id: 'guardian-declarations',
  fhir: null,
  fields: [
    { name: 'guardian', kind: 'text', required: true, max: 120 }, // an address
    { name: 'declaredBy', kind: 'text', required: true, max: 120 },
    { name: 'declaredAt', kind: 'number', required: true, integer: true, min: 0, max: 2 ** 48 - 1 },
  ],
} as const satisfies SectionDefinition;
