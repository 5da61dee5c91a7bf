/** Fields that several sections share, so that the same thing has the same name, limit and words everywhere. */
import type { FieldDefinition } from './section.ts';

export const MAX_COMMENT = 3000;

/** MED-11, MED-21, MED-24, MED-31, MED-37. */
export const comment = {
  name: 'comment',
  kind: 'longtext',
  max: MAX_COMMENT,
  label: { fr: 'Informations complémentaires', en: 'More information' },
} as const satisfies FieldDefinition;

/** MED-12, MED-18. */
export const ongoing = {
  name: 'ongoing',
  kind: 'flag',
  label: { fr: 'En cours', en: 'Ongoing' },
} as const satisfies FieldDefinition;

/** MED-13, MED-19. */
export const end = {
  name: 'end',
  kind: 'date',
  label: { fr: 'Date de fin', en: 'End date' },
} as const satisfies FieldDefinition;

/** MED-14: documents that belong to an entry. Deleting either leaves the other. */
export const linkedDocuments = {
  name: 'documents',
  kind: 'reference',
  section: 'documents',
  many: true,
  label: { fr: 'Documents liés', en: 'Linked documents' },
} as const satisfies FieldDefinition;
