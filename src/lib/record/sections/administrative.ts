/** Administrative papers (MED-55f): which one, its number, when it expires, and the documents that picture it. */
import { comment, linkedDocuments } from '../fields.ts';
import type { FhirMapping } from '../fhir.ts';
import type { ProfileSection } from '../profile-section.ts';

export const administrative = {
  id: 'administrative',
  path: 'pieces-administratives',
  fhir: 'DocumentReference',
  title: { fr: 'Pièces administratives', en: 'Administrative papers' },
  lead: {
    fr: 'Vos papiers, leur date de fin, et leur copie.',
    en: 'Your papers, when they expire, and their copy.',
  },
  add: { fr: 'Ajouter une pièce', en: 'Add a paper' },
  edit: { fr: 'Modifier cette pièce', en: 'Change this paper' },
  emptyTitle: { fr: 'Aucune pièce notée', en: 'No paper noted' },
  emptyText: {
    fr: 'Notez vos papiers et leur date de fin : Carnet vous le rappellera trois mois avant, sur cet appareil.',
    en: 'Note your papers and when they expire: Carnet will remind you three months before, on this device.',
  },
  fields: [
    {
      name: 'kind',
      kind: 'choice',
      required: true,
      values: ['identity-card', 'passport', 'health-card', 'insurance', 'other'],
      options: [
        { fr: "Carte d'identité", en: 'Identity card' },
        { fr: 'Passeport', en: 'Passport' },
        { fr: 'Carte Vitale', en: 'Vitale card' },
        { fr: 'Carte de mutuelle', en: 'Health insurance card' },
        { fr: 'Autre pièce', en: 'Other paper' },
      ],
      label: { fr: 'Quelle pièce', en: 'Which paper' },
    },
    {
      name: 'detail',
      kind: 'text',
      max: 50,
      label: { fr: 'Précision', en: 'Detail' },
      hint: {
        fr: 'Par exemple : titre de séjour, ou le nom de la mutuelle.',
        en: 'For example: residence permit, or the name of the insurance.',
      },
    },
    { name: 'number', kind: 'text', max: 50, label: { fr: 'Numéro', en: 'Number' } },
    { name: 'expires', kind: 'date', future: true, label: { fr: "Date d'expiration", en: 'Expiry date' } },
    comment,
    linkedDocuments,
  ],
  name: ['kind', 'detail'],
  between: ' · ',
  line: ['number'],
} as const satisfies ProfileSection;

/** A paper as a document whose picture is elsewhere: which one, its number, and until when it holds. */
export const administrativeFhir = {
  section: 'administrative',
  ownOnly: true,
  shapes: [
    {
      resource: 'DocumentReference',
      summary: 'papers',
      subject: 'subject',
      fixed: { status: 'current', content: [{ attachment: { title: 'Carnet' } }] },
      marked: {
        at: 'type',
        codes: ['identity-card', 'passport', 'health-card', 'insurance', '64290-0', 'other-paper'],
      },
      fields: {
        kind: {
          as: 'concept-code',
          at: 'type',
          codes: {
            'identity-card': ['carnet|identity-card'],
            passport: ['carnet|passport'],
            'health-card': ['carnet|health-card'],
            insurance: ['carnet|insurance', 'loinc|64290-0'],
            other: ['carnet|other-paper'],
          },
          text: true,
        },
        detail: { as: 'string', at: 'description' },
        number: { as: 'string', at: 'identifier.0.value' },
        expires: { as: 'date', at: 'context.period.end' },
        documents: { as: 'references', at: 'context.related' },
      },
    },
  ],
} as const satisfies FhirMapping;
