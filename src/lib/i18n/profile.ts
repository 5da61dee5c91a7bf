/** The medical profile and the names of its sections. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/profile.ts';

export const profile = catalogue(fr, async () => (await import('./en/profile.ts')).en);
