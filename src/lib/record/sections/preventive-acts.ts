/** Exams and screenings that were done, each noted for the rule of the prevention table that it answers. */
import type { FhirMapping } from '../fhir.ts';
import { comment, linkedDocuments } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const preventiveActs = {
  id: 'preventive-acts',
  path: 'prevention',
  fhir: 'Procedure',
  title: { fr: 'Examens et dépistages faits', en: 'Exams and screenings done' },
  lead: {
    fr: 'Ce que vous avez noté comme fait, avec sa date.',
    en: 'What you noted as done, with its date.',
  },
  add: { fr: 'Noter comme fait', en: 'Note as done' },
  edit: { fr: 'Modifier cet examen', en: 'Change this exam' },
  emptyTitle: { fr: 'Aucun examen noté', en: 'No exam noted' },
  emptyText: {
    fr: 'Un examen se note à partir de son repère, avec la date telle que vous vous en souvenez : l’année suffit.',
    en: 'An exam is noted from its reference point, with the date as you remember it: the year is enough.',
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 150,
      label: { fr: 'Examen ou dépistage', en: 'Exam or screening' },
    },
    // The id of a rule of the table: not for reading.
    { name: 'rule', kind: 'text', required: true, max: 60 },
    { name: 'start', kind: 'date', required: true, label: { fr: 'Date', en: 'Date' } },
    comment,
    linkedDocuments,
  ],
  period: { start: 'start' },
  name: ['name'],
  line: [],
} as const satisfies ProfileSection;

export const preventiveActsFhir = {
  section: 'preventive-acts',
  shapes: [
    {
      resource: 'Procedure',
      summary: 'procedures',
      subject: 'subject',
      marked: { at: 'category', codes: ['preventive'] },
      fixed: { status: 'completed' },
      coded: { category: 'carnet|preventive' },
      fields: {
        name: { as: 'concept', at: 'code' },
        start: { as: 'date', at: 'performedDateTime' },
        documents: { as: 'references', at: 'report' },
        comment: { as: 'note', at: 'note' },
      },
    },
  ],
} as const satisfies FhirMapping;
