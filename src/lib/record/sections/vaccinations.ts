/** Vaccinations (MED-32…38). */
import type { FhirMapping } from '../fhir.ts';
import { comment, linkedDocuments } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const vaccinations = {
  id: 'vaccinations',
  path: 'vaccinations',
  fhir: 'Immunization',
  title: { fr: 'Vaccinations', en: 'Vaccinations' },
  lead: {
    fr: 'Chaque injection, avec sa date et son lot si vous les avez.',
    en: 'Each injection, with its date and lot if you have them.',
  },
  add: { fr: 'Ajouter une vaccination', en: 'Add a vaccination' },
  edit: { fr: 'Modifier cette vaccination', en: 'Change this vaccination' },
  emptyTitle: { fr: 'Aucune vaccination notée', en: 'No vaccination noted' },
  emptyText: {
    fr: 'Reprenez votre carnet de santé ou de vaccination, ligne par ligne. Une année sans mois ni jour suffit.',
    en: 'Take your health or vaccination booklet, line by line. A year without month or day is enough.',
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Nom de la maladie ou du vaccin', en: 'Name of the disease or vaccine' },
      hint: { fr: 'Par exemple : tétanos, Revaxis, grippe.', en: 'For example: tetanus, Revaxis, flu.' },
    },
    {
      name: 'start',
      kind: 'date',
      required: 'asked',
      label: { fr: 'Date de la vaccination', en: 'Date of the vaccination' },
    },
    {
      name: 'kind',
      kind: 'choice',
      values: ['first', 'booster', 'unknown'],
      options: [
        { fr: 'Première injection', en: 'First injection' },
        { fr: 'Rappel', en: 'Booster' },
        { fr: 'Je ne sais pas', en: 'I do not know' },
      ],
      label: { fr: 'Type de vaccination', en: 'Kind of vaccination' },
    },
    { name: 'lot', kind: 'text', max: 100, label: { fr: 'Lot du vaccin', en: 'Lot of the vaccine' } },
    {
      name: 'vaccinator',
      kind: 'text',
      max: 100,
      label: { fr: 'Nom du vaccinateur', en: 'Name of the vaccinator' },
    },
    comment,
    linkedDocuments,
  ],
  period: { start: 'start' },
  name: ['name'],
  line: ['kind', 'lot'],
} as const satisfies ProfileSection;

export const vaccinationsFhir = {
  section: 'vaccinations',
  shapes: [
    {
      resource: 'Immunization',
      summary: 'immunizations',
      subject: 'patient',
      fixed: { status: 'completed' },
      fields: {
        name: { as: 'concept', at: 'vaccineCode' },
        start: { as: 'date', at: 'occurrenceDateTime', from: ['date'] },
        lot: { as: 'string', at: 'lotNumber' },
        vaccinator: { as: 'string', at: 'performer.0.actor.display', from: ['performer', 'practitioner'] },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['occurrenceString', { fr: 'Date', en: 'Date' }],
            ['doseQuantity', { fr: 'Dose', en: 'Dose' }],
            ['protocolApplied', { fr: 'Protocole', en: 'Protocol' }],
            ['manufacturer', { fr: 'Fabricant', en: 'Manufacturer' }],
            ['site', { fr: 'Site d’injection', en: 'Site' }],
          ],
        },
      },
      absent: ['occurrenceDateTime'],
    },
  ],
} as const satisfies FhirMapping;
