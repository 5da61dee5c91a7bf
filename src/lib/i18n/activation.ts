/** From the provisional code to the recovery key. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/activation.ts';

export const activation = catalogue(fr, async () => (await import('./en/activation.ts')).en);
