/** Diseases and other matters of health (MED-06…15). */
import { comment, end, linkedDocuments, ongoing } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const conditions = {
  id: 'conditions',
  path: 'maladies',
  fhir: 'Condition',
  title: { fr: 'Maladies et sujets de santé', en: 'Conditions and health topics' },
  lead: {
    fr: 'Ce qui dure, ce qui revient, ce qui est passé mais compte encore.',
    en: 'What lasts, what comes back, what is over and still matters.',
  },
  add: { fr: 'Ajouter une maladie ou un autre sujet de santé', en: 'Add a condition or health topic' },
  edit: { fr: 'Modifier ce sujet de santé', en: 'Change this health topic' },
  emptyTitle: { fr: 'Aucune maladie notée', en: 'No condition noted' },
  emptyText: {
    fr: 'Notez ici vos maladies et vos autres sujets de santé, même anciens : un soignant saura d’où vous partez.',
    en: 'Note your conditions and other health topics here, old ones too: a carer will know where you start from.',
  },
  none: {
    declare: {
      fr: 'Je déclare ne pas avoir de maladie ou de sujet de santé',
      en: 'I declare that I have no condition or health topic',
    },
    declared: {
      fr: 'Vous avez déclaré ne pas avoir de maladie ni de sujet de santé.',
      en: 'You declared that you have no condition or health topic.',
    },
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Nom de la maladie ou du sujet de santé', en: 'Name of the condition or health topic' },
      hint: {
        fr: 'Par exemple : asthme, mal de dos, grossesse.',
        en: 'For example: asthma, back pain, pregnancy.',
      },
    },
    { name: 'start', kind: 'date', required: true, label: { fr: 'Date de début', en: 'Start date' } },
    ongoing,
    end,
    comment,
    linkedDocuments,
  ],
  period: { start: 'start', ongoing: 'ongoing', end: 'end' },
  name: ['name'],
  line: ['comment'],
} as const satisfies ProfileSection;
