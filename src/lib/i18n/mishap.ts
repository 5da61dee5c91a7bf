/** A page that does not exist, a page that broke. With every page, so kept small. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/mishap.ts';

export const mishap = catalogue(fr, async () => (await import('./en/mishap.ts')).en);
