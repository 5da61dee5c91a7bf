/** Measures: cards, charts, values, targets and growth. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/measures.ts';

export const measures = catalogue(fr, async () => (await import('./en/measures.ts')).en);
