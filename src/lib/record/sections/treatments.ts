/** Treatments (MED-16…22). */
import type { FhirMapping, FhirShape } from '../fhir.ts';
import { comment, end, linkedDocuments, ongoing } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const treatments = {
  id: 'treatments',
  path: 'traitements',
  fhir: 'MedicationStatement',
  title: { fr: 'Traitements', en: 'Treatments' },
  lead: {
    fr: 'Médicaments, soins réguliers, sur ordonnance ou non.',
    en: 'Medicines and regular care, prescribed or not.',
  },
  add: { fr: 'Ajouter un traitement', en: 'Add a treatment' },
  edit: { fr: 'Modifier ce traitement', en: 'Change this treatment' },
  emptyTitle: { fr: 'Aucun traitement noté', en: 'No treatment noted' },
  emptyText: {
    fr: 'Notez ici ce que vous prenez, et comment : aux urgences, c’est l’une des premières questions.',
    en: 'Note what you take, and how: in an emergency it is one of the first questions.',
  },
  none: {
    declare: { fr: 'Je déclare ne pas avoir de traitement', en: 'I declare that I take no treatment' },
    declared: {
      fr: 'Vous avez déclaré ne pas avoir de traitement.',
      en: 'You declared that you take no treatment.',
    },
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 50,
      label: { fr: 'Nom du traitement', en: 'Name of the treatment' },
      hint: {
        fr: 'Tel qu’il est écrit sur la boîte ou l’ordonnance.',
        en: 'As written on the box or the prescription.',
      },
    },
    { name: 'start', kind: 'date', required: 'asked', label: { fr: 'Date de début', en: 'Start date' } },
    ongoing,
    end,
    {
      name: 'dosage',
      kind: 'longtext',
      max: 1000,
      label: { fr: 'Posologie', en: 'Dosage' },
      hint: {
        fr: 'Par exemple : 1 comprimé matin et soir.',
        en: 'For example: 1 tablet morning and evening.',
      },
    },
    comment,
    linkedDocuments,
  ],
  period: { start: 'start', ongoing: 'ongoing', end: 'end' },
  name: ['name'],
  line: ['dosage'],
} as const satisfies ProfileSection;

const order = {
  summary: 'medications',
  subject: 'subject',
  readOnly: true,
  fields: {
    name: {
      as: 'concept',
      at: 'medicationCodeableConcept',
      from: ['medicationReference', 'medication'],
    },
    start: { as: 'date', at: 'authoredOn', from: ['dateWritten'] },
    ongoing: {
      as: 'ongoing',
      at: 'status',
      yes: 'active',
      no: 'completed',
      active: ['active', 'on-hold'],
    },
    end: { as: 'date', at: 'dateEnded' },
    dosage: { as: 'dosage', at: 'dosageInstruction' },
    comment: {
      as: 'note',
      at: 'note',
      also: [
        ['reasonCode', { fr: 'Pour', en: 'For' }],
        ['reasonReference', { fr: 'Pour', en: 'For' }],
        ['statusReason', { fr: 'Raison', en: 'Reason' }],
      ],
    },
  },
} as const satisfies Omit<FhirShape, 'resource'>;

export const treatmentsFhir = {
  section: 'treatments',
  shapes: [
    {
      resource: 'MedicationStatement',
      summary: 'medications',
      subject: 'subject',
      fields: {
        name: { as: 'concept', at: 'medicationCodeableConcept', from: ['medicationReference', 'medication'] },
        start: { as: 'date', at: 'effectivePeriod.start', from: ['effectiveDateTime'] },
        ongoing: {
          as: 'ongoing',
          at: 'status',
          yes: 'active',
          no: 'completed',
          active: ['active', 'intended', 'on-hold'],
        },
        end: { as: 'date', at: 'effectivePeriod.end' },
        dosage: { as: 'dosage', at: 'dosage' },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['reasonCode', { fr: 'Pour', en: 'For' }],
            ['reasonReference', { fr: 'Pour', en: 'For' }],
            ['reasonForUse', { fr: 'Pour', en: 'For' }],
            ['reasonNotTaken', { fr: 'Raison', en: 'Reason' }],
            ['statusReason', { fr: 'Raison', en: 'Reason' }],
          ],
        },
      },
      absent: ['effectiveDateTime'],
    },
    { ...order, resource: 'MedicationRequest' },
    // The order of DSTU2, under its older name.
    { ...order, resource: 'MedicationOrder' },
  ],
} as const satisfies FhirMapping;
