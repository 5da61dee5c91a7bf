/** Stays in hospital and surgery (MED-55a). */
import type { FhirMapping } from '../fhir.ts';
import { comment, linkedDocuments } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const hospitalStays = {
  id: 'hospital-stays',
  path: 'hospitalisations',
  fhir: 'Procedure',
  title: { fr: 'Hospitalisations et chirurgies', en: 'Hospital stays and surgery' },
  lead: {
    fr: 'Séjours, opérations, passages aux urgences.',
    en: 'Stays, operations, visits to an emergency ward.',
  },
  add: { fr: 'Ajouter une hospitalisation ou une chirurgie', en: 'Add a hospital stay or surgery' },
  edit: { fr: 'Modifier cette hospitalisation', en: 'Change this hospital stay' },
  emptyTitle: { fr: 'Aucune hospitalisation notée', en: 'No hospital stay noted' },
  emptyText: {
    fr: 'Notez ici vos séjours et vos opérations, avec la date telle que vous vous en souvenez : l’année suffit.',
    en: 'Note your stays and operations here, with the date as you remember it: the year is enough.',
  },
  none: {
    declare: {
      fr: 'Je déclare n’avoir jamais été hospitalisé ni opéré',
      en: 'I declare that I was never in hospital nor operated on',
    },
    declared: {
      fr: 'Vous avez déclaré n’avoir jamais été hospitalisé ni opéré.',
      en: 'You declared that you were never in hospital nor operated on.',
    },
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Motif ou nom de l’opération', en: 'Reason, or name of the operation' },
      hint: {
        fr: 'Par exemple : appendicite, prothèse de hanche.',
        en: 'For example: appendicitis, hip replacement.',
      },
    },
    {
      name: 'kind',
      kind: 'choice',
      values: ['stay', 'surgery', 'emergency'],
      options: [
        { fr: 'Hospitalisation', en: 'Hospital stay' },
        { fr: 'Chirurgie', en: 'Surgery' },
        { fr: 'Passage aux urgences', en: 'Emergency visit' },
      ],
      label: { fr: 'De quoi s’agit-il ?', en: 'What was it?' },
    },
    { name: 'start', kind: 'date', required: 'asked', label: { fr: 'Date', en: 'Date' } },
    {
      name: 'place',
      kind: 'text',
      max: 100,
      label: { fr: 'Établissement ou ville', en: 'Hospital or town' },
    },
    {
      name: 'duration',
      kind: 'number',
      min: 1,
      max: 999,
      integer: true,
      unitFrom: 'durationUnit',
      label: { fr: 'Durée', en: 'Duration' },
    },
    {
      name: 'durationUnit',
      kind: 'choice',
      values: ['hours', 'days', 'weeks', 'months'],
      options: [
        { fr: 'heures', en: 'hours' },
        { fr: 'jours', en: 'days' },
        { fr: 'semaines', en: 'weeks' },
        { fr: 'mois', en: 'months' },
      ],
    },
    comment,
    linkedDocuments,
  ],
  period: { start: 'start' },
  name: ['name'],
  line: ['kind', 'place'],
} as const satisfies ProfileSection;

export const hospitalStaysFhir = {
  section: 'hospital-stays',
  shapes: [
    {
      resource: 'Encounter',
      summary: 'stays',
      subject: 'subject',
      when: { field: 'kind', values: ['stay', 'emergency'] },
      fixed: { status: 'finished' },
      fields: {
        name: {
          as: 'concept',
          at: 'reasonCode.0',
          from: ['reasonCode', 'reasonReference', 'reason', 'diagnosis.condition', 'type'],
        },
        kind: {
          as: 'coding',
          at: 'class',
          codes: {
            stay: ['act|IMP', 'act|ACUTE', 'act|NONAC', 'act|SS'],
            emergency: ['act|EMER'],
          },
        },
        start: { as: 'date', at: 'period.start' },
        place: { as: 'string', at: 'serviceProvider.display', from: ['serviceProvider', 'location'] },
        duration: {
          as: 'quantity',
          at: 'length',
          unit: { field: 'durationUnit', units: { hours: 'h', days: 'd', weeks: 'wk', months: 'mo' } },
        },
      },
    },
    {
      resource: 'Procedure',
      summary: 'procedures',
      subject: 'subject',
      fixed: { status: 'completed' },
      fields: {
        name: { as: 'concept', at: 'code' },
        kind: {
          as: 'concept-code',
          at: 'category',
          codes: { surgery: ['snomed|387713003'] },
        },
        start: { as: 'date', at: 'performedDateTime', from: ['performedPeriod.start'] },
        place: { as: 'string', at: 'location.display', from: ['location'] },
        documents: { as: 'references', at: 'report' },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['performedString', { fr: 'Date', en: 'Date' }],
            ['performedAge', { fr: 'Âge', en: 'Age' }],
            ['bodySite', { fr: 'Partie du corps', en: 'Body site' }],
            ['reasonCode', { fr: 'Pour', en: 'For' }],
            ['statusReason', { fr: 'Raison', en: 'Reason' }],
            ['notes', { fr: 'Note', en: 'Note' }],
            ['outcome', { fr: 'Résultat', en: 'Outcome' }],
          ],
        },
      },
      absent: ['performedDateTime'],
    },
  ],
} as const satisfies FhirMapping;
