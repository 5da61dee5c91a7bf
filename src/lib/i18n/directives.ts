/** Advance directives: what they are, writing them, and their dated versions. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/directives.ts';

export const directives = catalogue(fr, async () => (await import('./en/directives.ts')).en);
