/** What of a file becomes no entry, and what of its entries has no field: each with the reason, to be shown before anything is added. */
import { fhir as t } from '#lib/i18n/fhir.ts';
import type { ImportPlan, KeptReason, ResourceOutcome } from '#lib/exchange/fhir/plan.ts';
import type { Incoming } from './import.ts';

export interface KeptItem {
  readonly name: string;
  readonly type: string;
  readonly reason: string;
}

const REASONS = {
  frame: 'reasonFrame',
  person: 'reasonPerson',
  'no-place': 'reasonNoPlace',
  'not-a-fact': 'reasonNotAFact',
  'none-of-kind': 'reasonNoneOfKind',
  'no-information': 'reasonNoInformation',
  older: 'reasonOlder',
  modified: 'reasonModified',
  'other-person': 'reasonOtherPerson',
  twice: 'reasonTwice',
  lacks: 'reasonLacks',
} as const satisfies Record<KeptReason, string>;

/** What is in doubt is added only by who chooses it. */
export function isDoubtful({ remarks = [] }: Incoming): boolean {
  return remarks.some(({ type }) => type === 'doubt');
}

export function keptOf({ resources, entries }: ImportPlan): KeptItem[] {
  return resources.flatMap(({ outcome, name, resourceType }): KeptItem[] => {
    const item = { name, type: resourceType };
    if (outcome.type === 'declared' && entries.some(({ section }) => section === outcome.section))
      return [{ ...item, reason: t('reasonContradicted') }];
    if (outcome.type !== 'kept') return [];
    const { said = [] } = outcome;
    const words = said.length > 0 ? `${name || resourceType} (${said.join(' ; ')})` : name;
    return [{ ...item, name: words, reason: t(REASONS[outcome.reason]) }];
  });
}

/** Where in the resources the values stand that no field takes. */
export function detailsOf(resources: readonly ResourceOutcome[]): KeptItem[] {
  return resources
    .filter(({ outcome, values }) => outcome.type !== 'kept' || values.kept > 0)
    .flatMap(({ resourceType, values }) =>
      values.left
        .filter(({ why }) => why === 'no-field')
        .map(({ path }) => ({
          name: `${resourceType}.${path}`,
          type: resourceType,
          reason: t('reasonNoField'),
        })),
    );
}
