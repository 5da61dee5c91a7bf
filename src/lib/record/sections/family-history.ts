/** What runs in the family (MED-55b). */
import type { FhirMapping } from '../fhir.ts';
import { comment } from '../fields.ts';
import type { ProfileSection } from '../profile-section.ts';

export const familyHistory = {
  id: 'family-history',
  path: 'antecedents-familiaux',
  fhir: 'FamilyMemberHistory',
  title: { fr: 'Antécédents familiaux', en: 'Family history' },
  lead: { fr: 'Les maladies de vos proches parents.', en: 'The conditions of your close relatives.' },
  add: { fr: 'Ajouter un antécédent familial', en: 'Add a family condition' },
  edit: { fr: 'Modifier cet antécédent', en: 'Change this family condition' },
  emptyTitle: { fr: 'Aucun antécédent noté', en: 'No family condition noted' },
  emptyText: {
    fr: 'Diabète, cancer, maladie du cœur… Notez qui, quoi, et vers quel âge : certains examens se font alors plus tôt.',
    en: 'Diabetes, cancer, heart disease… Note who, what, and at about which age: some checks are then done earlier.',
  },
  none: {
    declare: {
      fr: 'Je déclare ne pas avoir d’antécédent familial',
      en: 'I declare that I have no family condition',
    },
    declared: {
      fr: 'Vous avez déclaré ne pas avoir d’antécédent familial.',
      en: 'You declared that you have no family condition.',
    },
  },
  fields: [
    {
      name: 'relation',
      kind: 'choice',
      required: true,
      values: [
        'mother',
        'father',
        'sister',
        'brother',
        'daughter',
        'son',
        'maternal-grandmother',
        'maternal-grandfather',
        'paternal-grandmother',
        'paternal-grandfather',
        'aunt',
        'uncle',
        'cousin',
        'other',
      ],
      options: [
        { fr: 'Mère', en: 'Mother' },
        { fr: 'Père', en: 'Father' },
        { fr: 'Sœur', en: 'Sister' },
        { fr: 'Frère', en: 'Brother' },
        { fr: 'Fille', en: 'Daughter' },
        { fr: 'Fils', en: 'Son' },
        { fr: 'Grand-mère maternelle', en: 'Maternal grandmother' },
        { fr: 'Grand-père maternel', en: 'Maternal grandfather' },
        { fr: 'Grand-mère paternelle', en: 'Paternal grandmother' },
        { fr: 'Grand-père paternel', en: 'Paternal grandfather' },
        { fr: 'Tante', en: 'Aunt' },
        { fr: 'Oncle', en: 'Uncle' },
        { fr: 'Cousin ou cousine', en: 'Cousin' },
        { fr: 'Autre parent', en: 'Another relative' },
      ],
      label: { fr: 'Lien de parenté', en: 'Relation' },
    },
    {
      name: 'name',
      kind: 'text',
      required: true,
      max: 100,
      label: { fr: 'Maladie', en: 'Condition' },
    },
    {
      name: 'onsetAge',
      kind: 'number',
      min: 0,
      max: 120,
      integer: true,
      unit: { fr: 'ans', en: 'years' },
      label: { fr: 'Âge au début de la maladie', en: 'Age when it began' },
      hint: { fr: 'À peu près, si vous le savez.', en: 'Roughly, if you know it.' },
    },
    comment,
  ],
  name: ['name'],
  line: ['relation', 'onsetAge'],
} as const satisfies ProfileSection;

export const familyHistoryFhir = {
  section: 'family-history',
  shapes: [
    {
      resource: 'FamilyMemberHistory',
      summary: 'family',
      subject: 'patient',
      fixed: { status: 'completed' },
      each: 'condition',
      fields: {
        relation: {
          as: 'concept-code',
          at: 'relationship',
          codes: {
            mother: ['role|MTH', 'role|NMTH'],
            father: ['role|FTH', 'role|NFTH'],
            sister: ['role|SIS', 'role|NSIS', 'role|HSIS'],
            brother: ['role|BRO', 'role|NBRO', 'role|HBRO'],
            daughter: ['role|DAUC', 'role|DAU'],
            son: ['role|SONC', 'role|SON'],
            'maternal-grandmother': ['role|MGRMTH'],
            'maternal-grandfather': ['role|MGRFTH'],
            'paternal-grandmother': ['role|PGRMTH'],
            'paternal-grandfather': ['role|PGRFTH'],
            aunt: ['role|AUNT', 'role|MAUNT', 'role|PAUNT'],
            uncle: ['role|UNCLE', 'role|MUNCLE', 'role|PUNCLE'],
            cousin: ['role|COUSN', 'role|MCOUSN', 'role|PCOUSN'],
            other: ['role|FAMMEMB', 'role|EXT'],
          },
          text: true,
          others: 'other',
        },
        name: { as: 'concept', at: 'condition.0.code' },
        onsetAge: { as: 'quantity', at: 'condition.0.onsetAge', unit: 'a' },
        comment: {
          as: 'note',
          at: 'note',
          also: [
            ['condition.0.note', { fr: 'Note', en: 'Note' }],
            ['condition.0.onsetString', { fr: 'Début', en: 'Onset' }],
            ['condition.0.onsetPeriod', { fr: 'Début', en: 'Onset' }],
            ['condition.0.outcome', { fr: 'Suite', en: 'Outcome' }],
          ],
        },
      },
    },
  ],
} as const satisfies FhirMapping;
