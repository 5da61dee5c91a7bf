/** Organ donation: what the law says, and the position a person has told. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/organs.ts';

export const organs = catalogue(fr, async () => (await import('./en/organs.ts')).en);
