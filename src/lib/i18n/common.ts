/** Words that several pages share. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/common.ts';

export const common = catalogue(fr, async () => (await import('./en/common.ts')).en);
