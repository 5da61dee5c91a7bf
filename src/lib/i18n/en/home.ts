import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/home.ts';

export const en = {
  title: 'Home',
  greetingMorning: 'Good morning {name}',
  greetingEvening: 'Good evening {name}',
  allergies: 'Allergies',
  allergiesNone: 'Nothing noted yet.',
  allergiesDisputed: 'Two devices noted different things: choose what is right.',
  allergiesAdd: 'Note an allergy',
  allergiesMore: { one: 'and {count} more', other: 'and {count} more' },
  documents: 'Recent documents',
  documentsNone: 'Prescriptions, results, reports: they will be here.',
  documentsAdd: 'Add a document',
  firstTitle: 'To begin well',
  firstDiscover: 'Answer four questions',
  firstDiscoverText: 'Diseases, treatments, allergies, measures: what matters in five minutes.',
  firstDocument: 'File a first document',
  firstDocumentText: 'A prescription, a result: a PDF or a photo.',
  firstDevice: 'Link a second device',
  firstDeviceText: 'If one is lost, the other keeps everything.',
  devicesOne: 'This record is on one device only',
  devicesOneText: 'If it is lost or breaks, only your recovery key is left. Link a second device.',
  fragileText:
    'This browser may erase your record if space runs out. Link a second device, or install Carnet on this one.',
  devicesCount: { one: 'This record is on {count} device', other: 'This record is on {count} devices' },
} as const satisfies Translation<typeof fr>;
