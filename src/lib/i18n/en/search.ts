import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/search.ts';

export const en = {
  label: 'Search my profile',
  found: { one: '{count} result', other: '{count} results' },
  none: 'Nothing matches “{query}”.',
  noneHint: 'Try another word, or only its beginning.',
  more: 'The first {shown} of {count} are shown. Add a word to see fewer.',
  places: 'Sections',
  documents: 'Documents',
} as const satisfies Translation<typeof fr>;
