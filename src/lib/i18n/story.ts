/** The story of a record. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/story.ts';

export const story = catalogue(fr, async () => (await import('./en/story.ts')).en);
