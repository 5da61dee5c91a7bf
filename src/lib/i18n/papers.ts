/** Administrative papers and when they expire. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/papers.ts';

export const papers = catalogue(fr, async () => (await import('./en/papers.ts')).en);
