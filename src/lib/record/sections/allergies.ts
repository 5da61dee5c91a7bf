/** Allergies (MED-23…25): what one is allergic to, and what helps to know about it. */
import type { FhirMapping } from '../fhir.ts';
import { comment } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const allergies = {
  id: 'allergies',
  path: 'allergies',
  fhir: 'AllergyIntolerance',
  title: { fr: 'Allergies', en: 'Allergies' },
  lead: {
    fr: 'Aliments, médicaments, pollens, insectes, latex…',
    en: 'Food, medicines, pollen, insects, latex…',
  },
  add: { fr: 'Ajouter une allergie', en: 'Add an allergy' },
  edit: { fr: 'Modifier cette allergie', en: 'Change this allergy' },
  emptyTitle: { fr: 'Aucune allergie notée', en: 'No allergy noted' },
  emptyText: {
    fr: 'Notez ici ce à quoi vous êtes allergique et ce qui se passe alors. C’est la première chose qu’un soignant doit savoir.',
    en: 'Note what you are allergic to and what happens then. It is the first thing a carer must know.',
  },
  none: {
    declare: { fr: 'Je déclare ne pas avoir d’allergie', en: 'I declare that I have no allergy' },
    declared: {
      fr: 'Vous avez déclaré ne pas avoir d’allergie.',
      en: 'You declared that you have no allergy.',
    },
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Nom de mon allergie', en: 'Name of my allergy' },
      hint: {
        fr: 'Par exemple : arachide, pénicilline, piqûre de guêpe.',
        en: 'For example: peanut, penicillin, wasp sting.',
      },
    },
    {
      ...comment,
      hint: {
        fr: 'Ce qui se passe, depuis quand, ce qui vous soulage.',
        en: 'What happens, since when, what helps you.',
      },
    },
  ],
  name: ['name'],
  line: ['comment'],
} as const satisfies ProfileSection;

export const allergiesFhir = {
  section: 'allergies',
  shapes: [
    {
      resource: 'AllergyIntolerance',
      summary: 'allergies',
      subject: 'patient',
      coded: { clinicalStatus: 'allergy-clinical|active' },
      fields: {
        name: { as: 'concept', at: 'code', from: ['substance', 'reaction.substance'] },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['criticality', { fr: 'Gravité possible', en: 'Criticality' }],
            ['reaction', { fr: 'Réaction', en: 'Reaction' }],
            ['onset', { fr: 'Depuis', en: 'Since' }],
          ],
        },
      },
    },
  ],
} as const satisfies FhirMapping;
