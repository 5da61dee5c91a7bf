/** What opens the record on this device: the password, a finger or a face; and being asked who one is. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/access.ts';

export const access = catalogue(fr, async () => (await import('./en/access.ts')).en);
