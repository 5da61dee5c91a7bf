/** What has to be known of a file as a whole, in words: that it is a part, that its letters were guessed, what was not opened. */
import type { FileNote } from '#lib/exchange/fhir/bundle.ts';
import type { Words } from '#lib/record/section.ts';

export function noteWords(note: FileNote): Words {
  switch (note.type) {
    case 'part':
      return partWords(note);
    case 'encoding':
      return {
        fr: 'Toutes ses lettres ne sont pas de l’UTF-8 : les autres ont été devinées. Vérifiez les accents.',
        en: 'Not all of its letters are UTF-8: the others were guessed. Check the accents.',
      };
    case 'lines':
      return {
        fr: `Lignes qui n’ont pas pu être lues : ${listed(note.lines)}.`,
        en: `Lines that could not be read: ${listed(note.lines)}.`,
      };
    case 'unopened':
      return {
        fr: `Une partie n’a pas pu être ouverte (« ${note.what} »).`,
        en: `A part could not be opened (“${note.what}”).`,
      };
    case 'server':
      return {
        fr: `Le système qui a fait ce fichier signale : « ${note.said} ».`,
        en: `The system that made this file reports: “${note.said}”.`,
      };
    case 'abridged':
      return {
        fr: `Éléments de ce fichier qui sont abrégés, et ne disent pas tout : ${note.count}.`,
        en: `Items of this file that are abridged, and do not say everything: ${note.count}.`,
      };
    case 'narrative':
      return {
        fr: `La rubrique « ${note.title} » n’est qu’un texte : lisez-la dans le fichier.`,
        en: `The section “${note.title}” is only a text: read it in the file.`,
      };
    case 'withheld':
      return {
        fr: `La rubrique « ${note.title} » a été retirée par son auteur.`,
        en: `The section “${note.title}” was withheld by its author.`,
      };
    case 'people':
      return {
        fr: `Ce fichier parle de plusieurs personnes : ${note.names.join(', ')}.`,
        en: `This file speaks of several people: ${note.names.join(', ')}.`,
      };
    case 'status':
      return {
        fr: `Ce résumé n’est pas définitif, ou a été retiré (« ${note.said} »).`,
        en: `This summary is not final, or was withdrawn (“${note.said}”).`,
      };
  }
}

function partWords({ here, total }: Extract<FileNote, { type: 'part' }>): Words {
  return total === null
    ? {
        fr: `Ce fichier est une partie d’une réponse plus longue : il en a ${here} éléments, et une page suit.`,
        en: `This file is a part of a longer answer: it has ${here} items of it, and a page follows.`,
      }
    : {
        fr: `Ce fichier est une partie : il a ${here} éléments sur ${total}. Demandez les autres pages.`,
        en: `This file is a part: it has ${here} items of ${total}. Ask for the other pages.`,
      };
}

const MOST = 10;

function listed(lines: readonly number[]): string {
  return `${lines.slice(0, MOST).join(', ')}${lines.length > MOST ? '…' : ''}`;
}
