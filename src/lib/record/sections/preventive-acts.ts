/** Exams and screenings that were done, each noted for the rule of the prevention table that it answers. */
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
