import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/welcome.ts';

export const en = {
  title: 'Your health record, readable by you alone',
  lead: 'Your allergies, prescriptions and results in one place, for a lifetime.',
  activate: 'Activate my health record',
  already: 'I already have a record',
  link: 'Link this device',
  linkText: 'One of my devices still has my record.',
  kit: 'My recovery key',
  kitText: 'I have only the sheet with the 24 words left.',
  fact1: 'On your devices',
  fact1Text: 'Your record is kept here, encrypted. It opens even without a network.',
  fact2: 'For you alone',
  fact2Text: 'We carry your record from one device to another without being able to read it.',
  fact3: 'In your care',
  fact3Text:
    'Nobody can give you back a forgotten password, not even we. A recovery key, on paper, opens your record again if all else is lost.',
} as const satisfies Translation<typeof fr>;
