/** What a revoked device wrote, for a person to settle. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/late-words.ts';

export const lateWords = catalogue(fr, async () => (await import('./en/late-words.ts')).en);
