import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/profile.ts';

export const en = {
  title: 'Medical profile',
  lead: 'What you want to be known about your health, in your words.',
  conditions: 'Diseases and health subjects',
  treatments: 'Treatments',
  'hospital-stays': 'Hospital stays and surgery',
  'family-history': 'Family history',
  allergies: 'Allergies',
  vaccinations: 'Vaccinations',
  disabilities: 'Disabilities',
  habits: 'Habits',
  measures: 'Measures',
  professionals: 'Health professionals',
  relatives: 'Relatives and wishes',
  story: 'My health story',
  administrative: 'Administrative papers',
  empty: 'Nothing noted',
  entries: { one: '{count} entry', other: '{count} entries' },
  changed: 'changed on {date}',
  soonText: 'Sections marked "Soon" will open with coming updates. Nothing is stored in them yet.',
} as const satisfies Translation<typeof fr>;
