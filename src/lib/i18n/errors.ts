/** What can fail as expected, in three sentences: what happened, what was kept, what to do. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/errors.ts';

export const errors = catalogue(fr, async () => (await import('./en/errors.ts')).en);
