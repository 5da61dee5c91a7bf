/** Disabilities (MED-26…31). */
import type { FhirMapping } from '../fhir.ts';
import { comment, linkedDocuments } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const disabilities = {
  id: 'disabilities',
  path: 'handicaps',
  fhir: 'Condition',
  title: { fr: 'Handicaps', en: 'Disabilities' },
  lead: { fr: 'Ce qui vous gêne, et ce qui vous aide.', en: 'What hinders you, and what helps you.' },
  add: { fr: 'Ajouter un handicap', en: 'Add a disability' },
  edit: { fr: 'Modifier ce handicap', en: 'Change this disability' },
  emptyTitle: { fr: 'Aucun handicap noté', en: 'No disability noted' },
  emptyText: {
    fr: 'Ce que vous notez ici permet à un soignant de préparer votre accueil et de vous parler comme il faut.',
    en: 'What you note here lets a carer prepare for you and speak with you as you need.',
  },
  none: {
    declare: { fr: 'Je déclare ne pas avoir de handicap', en: 'I declare that I have no disability' },
    declared: {
      fr: 'Vous avez déclaré ne pas avoir de handicap.',
      en: 'You declared that you have no disability.',
    },
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Nom de mon handicap', en: 'Name of my disability' },
    },
    {
      name: 'types',
      kind: 'choice',
      many: true,
      values: ['sensory', 'neurodevelopmental', 'psychic', 'motor', 'multiple', 'disabling-disease', 'other'],
      options: [
        { fr: 'Sensoriel', en: 'Sensory' },
        { fr: 'Trouble du neurodéveloppement', en: 'Neurodevelopmental' },
        { fr: 'Psychique', en: 'Psychic' },
        { fr: 'Moteur', en: 'Motor' },
        { fr: 'Polyhandicap', en: 'Multiple' },
        { fr: 'Maladie invalidante', en: 'Disabling disease' },
        { fr: 'Autre', en: 'Other' },
      ],
      label: { fr: 'Type de handicap', en: 'Kind of disability' },
      hint: { fr: 'Plusieurs réponses sont possibles.', en: 'You may choose several.' },
    },
    {
      name: 'technicalAid',
      kind: 'text',
      max: 50,
      label: { fr: 'Aide technique', en: 'Technical aid' },
      hint: {
        fr: 'Par exemple : fauteuil roulant, appareil auditif.',
        en: 'For example: wheelchair, hearing aid.',
      },
    },
    { name: 'humanAid', kind: 'text', max: 50, label: { fr: 'Aide humaine', en: 'Human aid' } },
    {
      name: 'rate',
      kind: 'choice',
      values: ['under-50', '50-79', '80-or-more', 'unknown'],
      options: [
        { fr: 'Moins de 50 %', en: 'Under 50%' },
        { fr: 'De 50 à 79 %', en: '50 to 79%' },
        { fr: '80 % ou plus', en: '80% or more' },
        { fr: 'Je ne sais pas', en: 'I do not know' },
      ],
      label: { fr: 'Taux d’incapacité', en: 'Rate of incapacity' },
    },
    comment,
    linkedDocuments,
  ],
  name: ['name'],
  line: ['types', 'technicalAid'],
} as const satisfies ProfileSection;

export const disabilitiesFhir = {
  section: 'disabilities',
  shapes: [
    {
      resource: 'Condition',
      summary: 'functional',
      subject: 'subject',
      marked: { at: 'category', codes: ['disability'] },
      coded: { clinicalStatus: 'condition-clinical|active', 'category.0': 'carnet|disability' },
      fields: {
        name: { as: 'concept', at: 'code' },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['onset', { fr: 'Depuis', en: 'Since' }],
            ['severity', { fr: 'Sévérité', en: 'Severity' }],
            ['bodySite', { fr: 'Partie du corps', en: 'Body site' }],
          ],
        },
      },
    },
  ],
} as const satisfies FhirMapping;
