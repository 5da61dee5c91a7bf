/** Settings. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/settings.ts';

export const settings = catalogue(fr, async () => (await import('./en/settings.ts')).en);
