import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/new-kit.ts';

export const en = {
  title: 'My recovery key',
  row: 'My recovery key',
  rowText: 'The sheet that opens the whole record again',
  forTitle: 'What it is for',
  forText:
    'Its 24 words open your record again on a new device, if all others are lost or the password is forgotten. It is on paper alone: no device keeps it, and this one cannot show it to you.',
  whichTitle: 'Which one is the right one',
  whichText:
    'Its date is printed on it: only the newest opens anything. This device does not know when it was made.',
  seenTitle: 'If somebody may have seen it',
  seenText:
    'Whoever has the 24 words can read your whole record. Make a new one: the old one will then open nothing. You need to have the old one at hand.',
  lostTitle: 'If you have lost it',
  lostText:
    'A device alone cannot make a new key: whoever stole your phone could otherwise lock you out of your record. Without a key, keep at least two devices linked and download your data now and then.',
  make: 'Make a new recovery key',
  makeElsewhere: 'A new key is made on a device that is part of the record.',
  wayTitle: 'I have my old key at hand',
  wayLead:
    'It is asked for to make the new one. In which form do you have it? Until the new one is confirmed, nothing changes.',
  asking: 'Checking the old key…',
  kitTitle: 'Your new recovery key',
  kitLead:
    'Print it or copy it. If you leave this page before you have confirmed it, nothing changes: the old one stays the right one.',
  confirmLead:
    'Copy these words from the new key. Accents and capitals do not matter. It then replaces the old one.',
  unsureWhat: 'The relay has not confirmed the new key.',
  unsureKept: 'Keep both sheets: one of the two opens your record.',
  unsureTodo: 'Leave Carnet open with a network, then try again.',
  doneTitle: 'The new key is the right one',
  doneText: 'From now on the old one opens nothing.',
  doneDestroy:
    'Destroy the old sheet, and the files or photos you made of it. Then nobody will mistake one for the other.',
  doneKeep: 'Keep the new one as you would a birth certificate.',
  doneBack: 'Back to settings',
} as const satisfies Translation<typeof fr>;
