import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/profile.ts';

export const en = {
  title: 'Medical profile',
  lead: 'What you want to be known about your health, in your words.',
  empty: 'Nothing noted',
  none: 'Not concerned, declared on {date}',
  entries: { one: '{count} entry', other: '{count} entries' },
  changed: 'changed on {date}',
  soonText: 'Sections marked "Soon" will open with coming updates. Nothing is stored in them yet.',
  prevention: 'Exams and screenings',
  preventionLine: 'The reference points of your age, and what is done',
  exchange: 'Export or import',
  exchangeLine: 'As FHIR, for a carer or other software',
} as const satisfies Translation<typeof fr>;
