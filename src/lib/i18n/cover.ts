/** What stands around every page before the record is open, the unlock screen among them. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/cover.ts';

export const cover = catalogue(fr, async () => (await import('./en/cover.ts')).en);
