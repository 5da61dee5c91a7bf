/** People around the person (DIR-02, DIR-12…18): whom to trust, whom to call, who cares for whom. */
import type { FhirMapping } from '../fhir.ts';
import { comment } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const relatives = {
  id: 'relatives',
  path: 'entourage',
  fhir: 'RelatedPerson',
  title: { fr: 'Entourage et volontés', en: 'People around me and my wishes' },
  lead: {
    fr: 'Votre personne de confiance, vos contacts d’urgence, vos proches aidants et aidés.',
    en: 'The person you trust, whom to call in an emergency, who cares for you and whom you care for.',
  },
  add: { fr: 'Ajouter un contact', en: 'Add a contact' },
  edit: { fr: 'Modifier ce contact', en: 'Change this contact' },
  emptyTitle: { fr: 'Aucun contact noté', en: 'No contact noted' },
  emptyText: {
    fr: 'Notez qui prévenir et qui peut parler pour vous si vous ne le pouvez plus.',
    en: 'Note whom to call, and who may speak for you when you no longer can.',
  },
  fields: [
    {
      name: 'kind',
      kind: 'choice',
      required: true,
      values: ['trusted', 'emergency', 'carer', 'cared-for'],
      options: [
        { fr: 'Personne de confiance', en: 'Trusted person' },
        { fr: 'Contact d’urgence', en: 'Emergency contact' },
        { fr: 'Proche aidant', en: 'Relative who cares for me' },
        { fr: 'Proche aidé', en: 'Relative I care for' },
      ],
      label: { fr: 'Cette personne est', en: 'This person is' },
    },
    { name: 'firstName', kind: 'text', required: true, max: 100, label: { fr: 'Prénom', en: 'First name' } },
    { name: 'lastName', kind: 'text', required: true, max: 100, label: { fr: 'Nom', en: 'Last name' } },
    {
      name: 'relation',
      kind: 'text',
      max: 50,
      label: { fr: 'Lien avec moi', en: 'Relation to me' },
      hint: { fr: 'Par exemple : sœur, voisin, amie.', en: 'For example: sister, neighbour, friend.' },
    },
    { name: 'phone', kind: 'text', max: 30, label: { fr: 'Téléphone', en: 'Phone' } },
    { name: 'email', kind: 'text', max: 254, label: { fr: 'Adresse électronique', en: 'E-mail address' } },
    { name: 'address', kind: 'longtext', max: 300, label: { fr: 'Adresse postale', en: 'Postal address' } },
    comment,
  ],
  single: { field: 'kind', value: 'trusted', otherwise: 'emergency' },
  name: ['firstName', 'lastName'],
  line: ['relation', 'phone'],
  groupBy: 'kind',
} as const satisfies ProfileSection;

export const relativesFhir = {
  section: 'relatives',
  shapes: [
    {
      resource: 'RelatedPerson',
      summary: 'team',
      subject: 'patient',
      fields: {
        kind: {
          as: 'concept-code',
          at: 'relationship.0',
          codes: {
            trusted: ['carnet|trusted'],
            emergency: ['contact|C', 'role-class|ECON'],
            carer: ['carnet|carer', 'role-class|CAREGIVER'],
            'cared-for': ['carnet|cared-for'],
          },
          text: true,
        },
        firstName: { as: 'string', at: 'name.0.given.0', from: ['name.0.given'] },
        lastName: { as: 'string', at: 'name.0.family' },
        phone: { as: 'phone', at: 'telecom' },
        email: { as: 'email', at: 'telecom' },
        address: { as: 'string', at: 'address.0.text', from: ['address'] },
      },
    },
  ],
} as const satisfies FhirMapping;
