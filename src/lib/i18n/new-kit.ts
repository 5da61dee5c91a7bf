/** A new recovery key in the place of the old one. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/new-kit.ts';

export const newKit = catalogue(fr, async () => (await import('./en/new-kit.ts')).en);
