/** The professionals who follow the person (MED-55d). */
import type { FhirMapping } from '../fhir.ts';
import type { ProfileSection } from '../profile-section.ts';

export const professionals = {
  id: 'professionals',
  path: 'professionnels',
  fhir: 'Practitioner',
  title: { fr: 'Professionnels de santé', en: 'Health professionals' },
  lead: { fr: 'Qui vous suit, et comment les joindre.', en: 'Who follows you, and how to reach them.' },
  add: { fr: 'Ajouter un professionnel', en: 'Add a professional' },
  edit: { fr: 'Modifier ce professionnel', en: 'Change this professional' },
  emptyTitle: { fr: 'Aucun professionnel noté', en: 'No professional noted' },
  emptyText: {
    fr: 'Notez votre médecin traitant, vos spécialistes, votre pharmacie : leur numéro sera là, même sans réseau.',
    en: 'Note your doctor, your specialists, your pharmacy: their number will be here, even with no network.',
  },
  fields: [
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Nom', en: 'Name' },
      hint: { fr: 'Par exemple : Dr Martin.', en: 'For example: Dr Martin.' },
    },
    {
      name: 'profession',
      kind: 'text',
      max: 100,
      label: { fr: 'Profession ou spécialité', en: 'Profession or speciality' },
      hint: {
        fr: 'Par exemple : médecin généraliste, kinésithérapeute.',
        en: 'For example: general practitioner, physiotherapist.',
      },
    },
    {
      name: 'role',
      kind: 'choice',
      values: ['treating', 'specialist', 'pharmacy', 'nurse', 'other'],
      options: [
        { fr: 'Médecin traitant', en: 'Treating doctor' },
        { fr: 'Spécialiste', en: 'Specialist' },
        { fr: 'Pharmacie', en: 'Pharmacy' },
        { fr: 'Infirmier ou infirmière', en: 'Nurse' },
        { fr: 'Autre', en: 'Other' },
      ],
      label: { fr: 'Rôle auprès de moi', en: 'Role for me' },
    },
    { name: 'place', kind: 'text', max: 200, label: { fr: 'Lieu', en: 'Place' } },
    { name: 'phone', kind: 'text', max: 30, label: { fr: 'Téléphone', en: 'Phone' } },
    { name: 'comment', kind: 'longtext', max: 3000, label: { fr: 'Note', en: 'Note' } },
  ],
  name: ['name'],
  line: ['role', 'profession', 'phone'],
} as const satisfies ProfileSection;

export const professionalsFhir = {
  section: 'professionals',
  shapes: [
    {
      resource: 'Practitioner',
      summary: 'team',
      subject: null,
      fields: {
        name: { as: 'string', at: 'name.0.text', from: ['name'] },
        profession: { as: 'concept', at: 'qualification.0.code', from: ['qualification'] },
        place: { as: 'string', at: 'address.0.text', from: ['address'] },
        phone: { as: 'phone', at: 'telecom' },
      },
    },
  ],
} as const satisfies FhirMapping;
