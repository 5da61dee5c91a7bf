/** The summary of the profile as a paper, and the sheet that makes it. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/summary.ts';

export const summary = catalogue(fr, async () => (await import('./en/summary.ts')).en);
