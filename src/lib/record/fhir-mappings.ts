/** The mapping of every section that has one; a section without is exported all the same, in a form only Carnet reads. */
import type { FhirMapping } from './fhir.ts';
import { administrativeFhir } from './sections/administrative.ts';
import { allergiesFhir } from './sections/allergies.ts';
import { careFhir } from './sections/care.ts';
import { conditionsFhir } from './sections/conditions.ts';
import { directivesFhir } from './sections/directives.ts';
import { disabilitiesFhir } from './sections/disabilities.ts';
import { familyHistoryFhir } from './sections/family-history.ts';
import { habitsFhir } from './sections/habits.ts';
import { hospitalStaysFhir } from './sections/hospital-stays.ts';
import { measuresFhir, targetsFhir } from './sections/measures-fhir.ts';
import { preventiveActsFhir } from './sections/preventive-acts.ts';
import { professionalsFhir } from './sections/professionals.ts';
import { relativesFhir } from './sections/relatives.ts';
import { treatmentsFhir } from './sections/treatments.ts';
import { vaccinationsFhir } from './sections/vaccinations.ts';

/** In the order in which a resource of elsewhere is tried against them. */
export const fhirMappings: readonly FhirMapping[] = [
  disabilitiesFhir,
  conditionsFhir,
  treatmentsFhir,
  allergiesFhir,
  vaccinationsFhir,
  hospitalStaysFhir,
  familyHistoryFhir,
  measuresFhir,
  habitsFhir,
  targetsFhir,
  professionalsFhir,
  relativesFhir,
  directivesFhir,
  administrativeFhir,
  preventiveActsFhir,
  careFhir,
];
