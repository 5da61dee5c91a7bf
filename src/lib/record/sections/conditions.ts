/** Diseases and other matters of health (MED-06…15). */
import type { FhirMapping, FhirShape } from '../fhir.ts';
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
    { name: 'start', kind: 'date', required: 'asked', label: { fr: 'Date de début', en: 'Start date' } },
    ongoing,
    end,
    comment,
    linkedDocuments,
  ],
  period: { start: 'start', ongoing: 'ongoing', end: 'end' },
  name: ['name'],
  line: ['comment'],
} as const satisfies ProfileSection;

const coded = { 'category.0': 'condition-category|problem-list-item' } as const;

const elements = {
  name: { as: 'concept', at: 'code' },
  start: { as: 'date', at: 'onsetDateTime', from: ['onsetPeriod.start'] },
  ongoing: {
    as: 'ongoing',
    at: 'clinicalStatus',
    yes: 'condition-clinical|active',
    no: 'condition-clinical|inactive',
    active: ['active', 'recurrence', 'relapse'],
  },
  end: { as: 'date', at: 'abatementDateTime', from: ['abatementPeriod.end'] },
  comment: {
    as: 'note',
    at: 'note',
    also: [
      ['onsetString', { fr: 'Début', en: 'Onset' }],
      ['onsetAge', { fr: 'Âge au début', en: 'Age at onset' }],
      ['onsetRange', { fr: 'Âge au début', en: 'Age at onset' }],
      ['abatementString', { fr: 'Fin', en: 'End' }],
      ['abatementAge', { fr: 'Âge à la fin', en: 'Age at the end' }],
      ['severity', { fr: 'Sévérité', en: 'Severity' }],
      ['bodySite', { fr: 'Partie du corps', en: 'Body site' }],
      ['stage', { fr: 'Stade', en: 'Stage' }],
    ],
  },
} as const satisfies FhirShape['fields'];

export const conditionsFhir = {
  section: 'conditions',
  shapes: [
    {
      resource: 'Condition',
      summary: 'problems',
      subject: 'subject',
      when: { field: 'ongoing', values: [true] },
      coded,
      fields: elements,
    },
    { resource: 'Condition', summary: 'past', subject: 'subject', coded, fields: elements },
  ],
} as const satisfies FhirMapping;
