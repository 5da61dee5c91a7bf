/** Habits of life (MED-55c): dated answers, one entry each, so that a change over time stays visible. */
import type { FhirMapping } from '../fhir.ts';
import { comment } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const habits = {
  id: 'habits',
  path: 'habitudes-de-vie',
  fhir: 'Observation',
  title: { fr: 'Habitudes de vie', en: 'Habits' },
  lead: {
    fr: 'Une réponse datée à la fois : quand une habitude change, ajoutez-en une nouvelle.',
    en: 'One dated answer at a time: when a habit changes, add a new one.',
  },
  add: { fr: 'Ajouter une habitude de vie', en: 'Add a habit' },
  edit: { fr: 'Modifier cette réponse', en: 'Change this answer' },
  emptyTitle: { fr: 'Rien de noté sur vos habitudes', en: 'Nothing noted about your habits' },
  emptyText: {
    fr: 'Tabac, alcool, alimentation, sommeil… Vous notez ce que vous voulez, comme vous le voulez.',
    en: 'Tobacco, alcohol, food, sleep… You note what you want, as you want.',
  },
  fields: [
    {
      name: 'topic',
      kind: 'choice',
      required: true,
      values: ['tobacco', 'alcohol', 'food', 'activity', 'sleep', 'screens'],
      options: [
        { fr: 'Tabac', en: 'Tobacco' },
        { fr: 'Alcool', en: 'Alcohol' },
        { fr: 'Alimentation', en: 'Food' },
        { fr: 'Activité physique', en: 'Physical activity' },
        { fr: 'Sommeil', en: 'Sleep' },
        { fr: 'Écrans', en: 'Screens' },
      ],
      label: { fr: 'Sujet', en: 'Topic' },
    },
    {
      name: 'answer',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Ma réponse', en: 'My answer' },
      hint: {
        fr: 'Par exemple : arrêt en 2019 ; 3 verres par semaine ; 30 minutes de marche par jour.',
        en: 'For example: stopped in 2019; 3 glasses a week; a 30-minute walk a day.',
      },
    },
    {
      name: 'start',
      kind: 'date',
      required: 'asked',
      label: { fr: 'Depuis, ou à la date du', en: 'Since, or on' },
    },
    comment,
  ],
  period: { start: 'start' },
  name: ['answer'],
  line: ['comment'],
  groupBy: 'topic',
} as const satisfies ProfileSection;

export const habitsFhir = {
  section: 'habits',
  shapes: [
    {
      resource: 'Observation',
      summary: 'social',
      subject: 'subject',
      fixed: { status: 'final' },
      coded: { 'category.0': 'observation-category|social-history' },
      fields: {
        topic: {
          as: 'concept-code',
          at: 'code',
          codes: {
            tobacco: [
              'loinc|72166-2',
              'loinc|11367-0',
              'loinc|81228-9',
              'loinc|74011-8',
              'loinc|63773-6',
              'snomed|229819007',
              'snomed|365981007',
              'snomed|77176002',
              'snomed|110483000',
            ],
            alcohol: [
              'loinc|11331-6',
              'loinc|74013-4',
              'loinc|11286-2',
              'loinc|74043-1',
              'snomed|160573003',
              'snomed|897148007',
              'snomed|228273003',
            ],
            food: ['carnet|food', 'loinc|81663-7', 'snomed|230125005'],
            activity: ['loinc|73985-4', 'loinc|89574-8', 'loinc|68516-4', 'carnet|activity'],
            sleep: ['carnet|sleep', 'loinc|93832-4', 'loinc|65968-6'],
            screens: ['carnet|screens'],
          },
          text: true,
        },
        answer: { as: 'string', at: 'valueString', from: ['value', 'component', 'dataAbsentReason'] },
        start: { as: 'date', at: 'effectiveDateTime', from: ['effectivePeriod.start', 'effectiveInstant'] },
        comment: { as: 'note', at: 'note' },
      },
    },
  ],
} as const satisfies FhirMapping;
