/** The frame around every page: navigation, sync state, banners, what the browser lacks. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/frame.ts';

export const frame = catalogue(fr, async () => (await import('./en/frame.ts')).en);
