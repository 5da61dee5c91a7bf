/** The search over the profile. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/search.ts';

export const search = catalogue(fr, async () => (await import('./en/search.ts')).en);
