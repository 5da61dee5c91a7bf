/** The history of care, from the statements that the person brings in. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/care.ts';

export const care = catalogue(fr, async () => (await import('./en/care.ts')).en);
