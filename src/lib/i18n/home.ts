/** The home page. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/home.ts';

export const home = catalogue(fr, async () => (await import('./en/home.ts')).en);
