import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/signs.ts';

export const en = {
  missing:
    'The PDF is downloaded, but its fonts lack some signs of your carnet. A ▯ stands there in the place of: {signs}.',
  title: 'Signs are missing in the PDF',
  paper:
    'The sign ▯ stands in the place of a character that this document cannot draw. It can be read in the person’s carnet.',
} as const satisfies Translation<typeof fr>;
