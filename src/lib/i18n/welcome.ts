/** The first page. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/welcome.ts';

export const welcome = catalogue(fr, async () => (await import('./en/welcome.ts')).en);
