/** Allergies. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/allergies.ts';

export const allergies = catalogue(fr, async () => (await import('./en/allergies.ts')).en);
