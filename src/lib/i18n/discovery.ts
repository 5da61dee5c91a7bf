/** The discovery journey: a first record in a few questions. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/discovery.ts';

export const discovery = catalogue(fr, async () => (await import('./en/discovery.ts')).en);
