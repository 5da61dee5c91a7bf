/**
 * What a person decided of words that a revoked device wrote: set aside, or kept knowingly; open again where they took that
 * back. One entry for each word, with an id that follows from it, so that every device stops asking. What is taken in counts,
 * and is noted as kept.
 */
import type { SectionDefinition } from '../section.ts';

export const DECISIONS = ['aside', 'kept', 'open'] as const;
export type Decision = (typeof DECISIONS)[number];

export const settledWords = {
  id: 'settled-words',
  fhir: null,
  fields: [
    { name: 'saying', kind: 'bytes', required: true, length: 16 }, // its first bytes
    { name: 'decision', kind: 'choice', required: true, values: DECISIONS },
  ],
} as const satisfies SectionDefinition;
