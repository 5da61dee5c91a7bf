/** Care that was paid for (HIS-01, HIS-02): one entry for each line of a statement that the person brought in. */
import { comment } from '../fields.ts';
import type { FhirMapping } from '../fhir.ts';
import type { ProfileSection } from '../profile-section.ts';

/** No statement of one person reaches it; a line that does was misread. */
const MAX_AMOUNT = 1_000_000;

export const care = {
  id: 'care',
  path: 'histoire/soins',
  fhir: 'ExplanationOfBenefit',
  title: { fr: 'Historique des soins', en: 'History of care' },
  lead: {
    fr: 'Les soins qui figurent sur vos relevés de remboursement.',
    en: 'The care that stands on your statements of reimbursement.',
  },
  add: { fr: 'Importer un relevé', en: 'Import a statement' },
  edit: { fr: 'Modifier ce soin', en: 'Change this care' },
  emptyTitle: { fr: 'Aucun relevé importé', en: 'No statement imported' },
  emptyText: {
    fr: 'Carnet ne reçoit rien de l’Assurance Maladie. Téléchargez un relevé depuis votre compte ameli ou votre mutuelle, puis importez-le ici.',
    en: 'Carnet receives nothing from your insurance. Download a statement from it, then import it here.',
  },
  fields: [
    { name: 'name', kind: 'text', required: true, max: 200, label: { fr: 'Soin', en: 'Care' } },
    { name: 'start', kind: 'date', required: true, label: { fr: 'Date du soin', en: 'Date of the care' } },
    {
      name: 'professional',
      kind: 'text',
      max: 200,
      label: { fr: 'Professionnel ou établissement', en: 'Professional or place' },
    },
    {
      name: 'paid',
      kind: 'number',
      min: -MAX_AMOUNT,
      max: MAX_AMOUNT,
      unitFrom: 'currency',
      label: { fr: 'Montant payé', en: 'Amount paid' },
    },
    {
      name: 'insurance',
      kind: 'number',
      min: -MAX_AMOUNT,
      max: MAX_AMOUNT,
      unitFrom: 'currency',
      label: { fr: 'Remboursé par l’Assurance Maladie', en: 'Reimbursed by the health insurance' },
    },
    {
      name: 'complementary',
      kind: 'number',
      min: -MAX_AMOUNT,
      max: MAX_AMOUNT,
      unitFrom: 'currency',
      label: { fr: 'Remboursé par la complémentaire', en: 'Reimbursed by the complementary' },
    },
    { name: 'currency', kind: 'text', max: 3 },
    comment,
    {
      name: 'documents',
      kind: 'reference',
      section: 'documents',
      many: true,
      label: { fr: 'Relevé d’origine', en: 'Source statement' },
    },
  ],
  period: { start: 'start' },
  name: ['name'],
  line: ['professional', 'paid'],
} as const satisfies ProfileSection;

export const careFhir = {
  section: 'care',
  shapes: [
    {
      resource: 'ExplanationOfBenefit',
      summary: 'payments',
      subject: 'patient',
      fixed: {
        status: 'active',
        use: 'claim',
        outcome: 'complete',
        insurer: { display: 'Assurance Maladie' },
        provider: { display: '?' },
        insurance: [{ focal: true, coverage: { display: 'Assurance Maladie' } }],
        item: [{ sequence: 1 }],
      },
      coded: { type: 'claim-type|professional' },
      fields: {
        name: {
          as: 'concept',
          at: 'item.0.productOrService',
          from: ['item.0.service', 'item.productOrService', 'type'],
        },
        start: {
          as: 'date',
          at: 'item.0.servicedDate',
          from: ['item.0.servicedPeriod.start', 'billablePeriod.start', 'created'],
        },
        professional: { as: 'string', at: 'provider.display', from: ['provider', 'careTeam.provider'] },
        paid: { as: 'money', at: 'total', code: 'adjudication|submitted', currency: 'currency' },
        insurance: { as: 'money', at: 'total', code: 'adjudication|benefit', currency: 'currency' },
        complementary: { as: 'money', at: 'total', code: 'carnet|complementary', currency: 'currency' },
        comment: {
          as: 'note',
          at: 'processNote',
          also: [
            ['item.1+.productOrService', { fr: 'Autres actes', en: 'Other acts' }],
            ['item.1+.servicedDate', { fr: 'Leurs dates', en: 'Their dates' }],
            ['disposition', { fr: 'Décision', en: 'Decision' }],
            ['careTeam.provider', { fr: 'Équipe', en: 'Team' }],
            ['insurer', { fr: 'Assureur', en: 'Insurer' }],
          ],
        },
      },
      absent: ['created'],
    },
  ],
} as const satisfies FhirMapping;
