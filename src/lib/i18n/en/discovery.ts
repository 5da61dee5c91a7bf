import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/discovery.ts';

export const en = {
  title: 'I discover my record',
  conditions: 'Do you have a disease or a health matter?',
  conditionsLead: 'For example asthma, diabetes, an operation to come. You can add to it later.',
  treatments: 'Do you take a treatment?',
  treatmentsLead: 'The name on the box, and since which year. The dose if you have it at hand.',
  allergies: 'Do you have an allergy?',
  allergiesLead: 'To a medicine, a food, an animal: it is the first thing a carer asks.',
  measures: 'Your weight and your height?',
  measuresLead: 'The body mass index is computed by itself. The other measures wait in your profile.',
  addWeight: 'Note my weight',
  addHeight: 'Note my height',
  noted: 'Noted so far',
  next: 'Continue',
  skip: 'Skip this question',
  back: 'Previous question',
  leave: 'Stop here',
  endTitle: 'Your record has begun',
  endLead: 'What you noted stands in your medical profile, where all of it can be completed and corrected.',
  endNothing: 'You have noted nothing so far. These questions wait for you in your medical profile.',
  endProfile: 'See my medical profile',
  endProfileText: 'Thirteen sections, to be filled in at your own pace.',
  endDocument: 'Add a document',
  endDocumentText: 'A prescription, a result, a report: a PDF or a photo.',
  endHome: 'Go to the home page',
} as const satisfies Translation<typeof fr>;
