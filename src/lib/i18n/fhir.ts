/** Giving the profile to others as FHIR, and taking in what they give. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/fhir.ts';

export const fhir = catalogue(fr, async () => (await import('./en/fhir.ts')).en);
