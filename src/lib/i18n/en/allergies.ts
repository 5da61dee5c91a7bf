import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/allergies.ts';

export const en = {
  title: 'Allergies',
  lead: 'Food, medicines, pollen, insects, latex…',
  add: 'Add an allergy',
  editTitle: 'Edit the allergy',
  emptyTitle: 'No allergy noted',
  emptyText:
    'Note here what you are allergic to and what happens then. It is the first thing a carer must know.',
  name: 'Name of my allergy',
  nameHint: 'For example: peanut, penicillin, wasp sting.',
  nameMissing: 'Write the name of the allergy.',
  comment: 'More information',
  commentHint: 'What happens, since when, what helps.',
  count: { one: '{count} allergy', other: '{count} allergies' },
  notedOn: 'Noted on {date}',
  changedOn: 'Changed on {date}',
  added: 'Allergy "{name}" saved on this device.',
  changed: 'Allergy "{name}" changed on this device.',
  deleted: 'Allergy "{name}" deleted.',
  restored: 'Allergy "{name}" put back.',
  open: 'Edit {name}',
  deleteThis: 'Delete this allergy',
} as const satisfies Translation<typeof fr>;
