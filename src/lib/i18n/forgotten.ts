/** For whom the password, or the name that goes with it, is gone. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/forgotten.ts';

export const forgotten = catalogue(fr, async () => (await import('./en/forgotten.ts')).en);
