import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/kit.ts';

export const en = {
  wayWords: 'Type the 24 words',
  wayWordsText: 'One by one. The first letters are enough: the page offers the rest.',
  wayCamera: 'Show the QR code to the camera',
  wayCameraText: 'The one that is printed below the 24 words.',
  wayFile: 'Choose a file',
  wayFileText: 'The PDF of the recovery key, or a photo of its QR code.',
  wordsTitle: 'I type my 24 words',
  wordsLead:
    'In the order of the sheet. Accents and capitals do not matter. You can also paste all 24 words at once.',
  word: 'Word no. {position}',
  wordsCount: { one: '{count} word of 24', other: '{count} words of 24' },
  wordMissing: 'Word no. {position} is missing.',
  wordUnknown: 'Word no. {position} is not in the list of possible words.',
  wordsAfter: {
    one: '{count} pasted word was too many: only the first 24 are here.',
    other: '{count} pasted words were too many: only the first 24 are here.',
  },
  suggestions: 'Possible words for word no. {position}',
  looking: 'Asking the relay…',
  cameraTitle: 'I show my QR code',
  cameraLead: 'Hold the sheet flat, with the code inside the frame. The picture does not leave this device.',
  cameraView: 'Picture of the camera',
  cameraMissing: 'This device has no camera that this page could use.',
  cameraRefused:
    'Access to the camera was refused. You can allow it in the settings of the browser, then try again.',
  cameraAgain: 'Scan again',
  fileTitle: 'I choose the file of my key',
  fileLead: 'It is read on this device and sent nowhere.',
  fileChoose: 'Choose the file',
  fileDrop: 'Drop the file here',
  fileOr: 'or',
  fileDropNow: 'Let go of the file',
  fileFormats: 'PDF, JPEG or PNG.',
  fileReading: 'Looking for the QR code in the file…',
  fileTooLarge: 'This file is too large: {size} at most. A photo of the QR code alone is enough.',
  fileUnreadable: 'This file is no picture and no PDF that this device can read.',
  fileNoCode:
    'No QR code was found in this file. Try a sharper photo, taken straight from above, with the code large in it.',
  otherWays: 'Another way',
  wrongWords: {
    one: 'Word no. {list} is not in the list of possible words.',
    other: 'Words no. {list} are not in the list of possible words.',
  },
  wrongTogether: 'Each word is in the list, but together they make no recovery key.',
  wrongTogetherTodo:
    'A word stands in the place of another, or the order is not that of the sheet. Read it again, column by column, from top to bottom.',
  wrongKept: 'Nothing was changed. What you wrote is still here.',
  wrongTodo: 'Compare with the sheet, letter by letter.',
  unknownRelay: 'According to it, the record was made with {relay}.',
  replacedAt: 'That was on {date}.',
  unreachableTodo: 'Check your connection, then try again.',
} as const satisfies Translation<typeof fr>;
