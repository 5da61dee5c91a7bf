/**
 * What a person says of their situation, as far as a rule of prevention asks for it: an organ, a pregnancy, a disease.
 * One entry for each fact, with a fixed id, so that two devices that answer apart answer the same question. "I do not know"
 * is an answer.
 */
import type { Entry, EntryId } from '../entry.ts';
import { fixedEntryId, type ProfileSection } from '../profile-section.ts';
import type { Words } from '../section.ts';

/** By the names the prevention table gives them; at most 16 characters each. */
const FACTS = {
  cervix: { fr: "Col de l'utérus", en: 'Cervix' },
  breast: { fr: 'Seins', en: 'Breasts' },
  pregnancy: { fr: 'Grossesse en cours', en: 'Current pregnancy' },
  immunodeficient: { fr: 'Immunodépression', en: 'Immunodeficiency' },
  preterm: { fr: 'Naissance prématurée', en: 'Premature birth' },
  'pneumo-infant': {
    fr: "Nourrisson à risque d'infection à pneumocoque",
    en: 'Infant at risk of pneumococcal infection',
  },
  'pneumo-risk': {
    fr: 'Maladie qui expose aux infections à pneumocoque',
    en: 'Disease that exposes to pneumococcal infections',
  },
  'flu-risk': { fr: 'Maladie chronique de la liste « grippe »', en: 'Chronic disease of the “flu” list' },
  'bmi-40': { fr: "IMC d'au moins 40", en: 'BMI of at least 40' },
  'care-home': {
    fr: 'Résidence en Ehpad, long séjour ou établissement de soins',
    en: 'Living in a care home, long-stay unit or care facility',
  },
  'covid-risk': {
    fr: 'Maladie qui expose aux formes graves de Covid-19',
    en: 'Disease that exposes to severe Covid-19',
  },
  'close-immuno': {
    fr: "Proche d'une personne immunodéprimée",
    en: 'Close to an immunodeficient person',
  },
  'chronic-heart': { fr: 'Maladie chronique du cœur', en: 'Chronic heart disease' },
  'chronic-lung': { fr: 'Maladie chronique des poumons', en: 'Chronic lung disease' },
  'close-infant': { fr: "Proche d'un bébé de moins de 6 mois", en: 'Close to a baby under 6 months' },
  'mother-no-dtcap': {
    fr: 'Mère du bébé non vaccinée contre la coqueluche pendant la grossesse',
    en: 'Mother of the baby not vaccinated against whooping cough during pregnancy',
  },
  'mother-rsv': {
    fr: 'Mère vaccinée contre le VRS pendant la grossesse',
    en: 'Mother vaccinated against RSV during pregnancy',
  },
  'tb-risk': { fr: 'Enfant exposé à la tuberculose', en: 'Child exposed to tuberculosis' },
  'no-varicella': { fr: 'Pas de varicelle connue', en: 'No known chickenpox' },
  'guiana-resident': { fr: 'Résidence en Guyane', en: 'Living in French Guiana' },
  'guiana-stay': { fr: 'Séjour en Guyane', en: 'Stay in French Guiana' },
  'breast-risk': { fr: 'Risque élevé de cancer du sein', en: 'High risk of breast cancer' },
  'breast-symptom': { fr: 'Symptôme au sein', en: 'Breast symptom' },
  'colon-risk': { fr: 'Risque élevé de cancer colorectal', en: 'High risk of colorectal cancer' },
  'colon-symptom': { fr: 'Symptôme digestif', en: 'Digestive symptom' },
  'cervix-followup': {
    fr: "Suivi particulier du col de l'utérus",
    en: 'Cervix followed up in a particular way',
  },
} as const satisfies Readonly<Record<string, Words>>;

export const preventionFacts = {
  id: 'prevention-facts',
  path: 'prevention',
  fhir: 'Observation',
  title: { fr: 'Ma situation pour la prévention', en: 'My situation, for prevention' },
  lead: {
    fr: 'Ce que vous avez répondu aux questions des repères.',
    en: 'What you answered to the questions of the reference points.',
  },
  add: { fr: 'Répondre à une question', en: 'Answer a question' },
  edit: { fr: 'Modifier cette réponse', en: 'Change this answer' },
  emptyTitle: { fr: 'Aucune réponse notée', en: 'No answer noted' },
  emptyText: {
    fr: 'Vos réponses restent dans votre carnet ; elles servent à choisir les repères qui vous concernent.',
    en: 'Your answers stay in your record; they serve to choose the reference points that concern you.',
  },
  fields: [
    {
      name: 'fact',
      kind: 'choice',
      required: true,
      values: Object.keys(FACTS),
      options: Object.values(FACTS),
      label: { fr: 'Situation', en: 'Situation' },
    },
    {
      name: 'answer',
      kind: 'choice',
      required: true,
      values: ['yes', 'no', 'unknown'],
      options: [
        { fr: 'Concerné(e)', en: 'Concerns me' },
        { fr: 'Non concerné(e)', en: 'Does not concern me' },
        { fr: 'Je ne sais pas', en: 'I do not know' },
      ],
      label: { fr: 'Réponse', en: 'Answer' },
    },
  ],
  name: ['fact'],
  line: ['answer'],
} as const satisfies ProfileSection;

export function factId(fact: string): EntryId {
  return fixedEntryId(fact);
}

/** What was answered, by fact. An entry under another id than its fact's is no answer. */
export function answersOf(entries: readonly Entry[]): ReadonlyMap<string, 'yes' | 'no' | 'unknown'> {
  return new Map(
    entries.flatMap(({ id, fields: { fact, answer } }) =>
      typeof fact === 'string' &&
      id === factId(fact) &&
      (answer === 'yes' || answer === 'no' || answer === 'unknown')
        ? [[fact, answer] as const]
        : [],
    ),
  );
}
