/** From the recovery key to the record, on a device that has none or cannot open it. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/recovery.ts';

export const recovery = catalogue(fr, async () => (await import('./en/recovery.ts')).en);
