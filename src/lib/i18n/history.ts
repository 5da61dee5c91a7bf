/** Who changed what and when; what two devices said apart; what was deleted. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/history.ts';

export const history = catalogue(fr, async () => (await import('./en/history.ts')).en);
