/** Opening the record on this device. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/unlock.ts';

export const unlock = catalogue(fr, async () => (await import('./en/unlock.ts')).en);
