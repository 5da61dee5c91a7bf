/** The people around the person, and who sees them in an emergency. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/entourage.ts';

export const entourage = catalogue(fr, async () => (await import('./en/entourage.ts')).en);
