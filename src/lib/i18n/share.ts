/** Sharing. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/share.ts';

export const share = catalogue(fr, async () => (await import('./en/share.ts')).en);
