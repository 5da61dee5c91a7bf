/** "Ce que le serveur voit de moi". */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/server.ts';

export const server = catalogue(fr, async () => (await import('./en/server.ts')).en);
