import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/welcome.ts';

export const en = {
  title: 'Your health record, readable by you alone',
  lead: 'Your allergies, prescriptions and results in one place, for a lifetime.',
  activate: 'Activate my health record',
  first: 'First time here?',
  back: 'Do you already have a record?',
  link: 'Link this device',
  linkText: 'Another of your devices passes your record on to it.',
  kit: 'Use my recovery key',
  kitText: 'The 24 words, or the QR code, that you kept on paper.',
  wasHere: 'A record was here',
  wasHereLead:
    'This browser no longer has it. A browser may erase it to make room, or when its data is cleared. What had been sent is not lost: here is how to get it back.',
  newOne: 'Or begin a new record',
  forgotten: 'This device has forgotten the record',
  forgottenDocuments: {
    one: 'Its keys are destroyed, with {count} document and all that was written. Nothing here can open them again.',
    other:
      'Its keys are destroyed, with {count} documents and all that was written. Nothing here can open them again.',
  },
  forgottenAll: 'Its keys are destroyed, with all that was written. Nothing here can open it again.',
  forgottenLost: {
    one: '{count} change had not been sent: it is lost.',
    other: '{count} changes had not been sent: they are lost.',
  },
  forgottenRest:
    'The browser has not erased yet what remains, which no key opens any more. Close all tabs of Carnet, or clear the data of this site.',
  other: 'Another record on this device',
  otherLead:
    "Each record has a lock of its own. The one that is locked here stays as it is, and nobody sees the other's.",
  otherHow: 'Afterwards your user name and your password are enough: it is your record that opens.',
  fact1: 'On your devices',
  fact1Text: 'Your record is kept here, encrypted. It opens even without a network.',
  fact2: 'For you alone',
  fact2Text: 'We carry your record from one device to another without being able to read it.',
  fact3: 'In your care',
  fact3Text:
    'Nobody can give you back a forgotten password, not even we. A recovery key, on paper, opens your record again if all else is lost.',
} as const satisfies Translation<typeof fr>;
