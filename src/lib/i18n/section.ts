/** What is said of every section of the profile alike; what differs stands in its description (record/sections). */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/section.ts';

export const section = catalogue(fr, async () => (await import('./en/section.ts')).en);
