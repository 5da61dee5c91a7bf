/** A recovery kit that one has in hand: typed, shown to the camera, or read from a file. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/kit.ts';

export const kit = catalogue(fr, async () => (await import('./en/kit.ts')).en);
