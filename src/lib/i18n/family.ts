/** The records of one's children: opening one, and whose record a page is of. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/family.ts';

export const family = catalogue(fr, async () => (await import('./en/family.ts')).en);
