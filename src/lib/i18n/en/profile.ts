import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/profile.ts';

export const en = {
  title: 'Medical profile',
  lead: 'What you want to be known about your health, in your words.',
  empty: 'Nothing noted',
  none: 'Not concerned, declared on {date}',
  entries: { one: '{count} entry', other: '{count} entries' },
  changed: 'changed on {date}',
} as const satisfies Translation<typeof fr>;
