/** Documents. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/documents.ts';

export const documents = catalogue(fr, async () => (await import('./en/documents.ts')).en);
