import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/welcome.ts';

export const en = {
  title: 'Your health record, readable by you alone',
  lead: 'Your allergies, prescriptions and results in one place, for a lifetime.',
  activate: 'Activate my health record',
  link: 'I already have a record: link this device',
  fact1: 'On your devices',
  fact1Text: 'Your record is kept here, encrypted. It opens even without a network.',
  fact2: 'For you alone',
  fact2Text: 'We carry your record from one device to another without being able to read it.',
  fact3: 'In your care',
  fact3Text:
    'Nobody can give you back a forgotten password, not even we. You will get a recovery key to keep on paper.',
} as const satisfies Translation<typeof fr>;
