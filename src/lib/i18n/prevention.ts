/** The prevention calendar: vaccinations due, exams and screenings. What a rule itself says stands in its table. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/prevention.ts';

export const prevention = catalogue(fr, async () => (await import('./en/prevention.ts')).en);
