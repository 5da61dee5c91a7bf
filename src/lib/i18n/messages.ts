/** Messages. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/messages.ts';

export const messages = catalogue(fr, async () => (await import('./en/messages.ts')).en);
