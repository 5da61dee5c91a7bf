/**
 * From an expected failure to what a person reads: what happened, what was kept, what to do. The compiler holds the
 * words and `VaultError` together: a failure without its three sentences does not compile.
 */
import { errors } from '#lib/i18n/errors.ts';
import type { VaultError } from '#lib/vault/door.ts';

export interface Explanation {
  readonly what: string;
  readonly kept: string;
  readonly todo: string;
  /** Nothing new can be kept here: the person may want a copy outside. */
  readonly offerCopy: boolean;
  /** Loading the page again helps. */
  readonly offerReload: boolean;
}

export function explain({ type }: VaultError): Explanation {
  return {
    what: errors(`${type}.what`),
    kept: errors(`${type}.kept`),
    todo: errors(`${type}.todo`),
    offerCopy: type === 'storage-full',
    offerReload: type === 'storage-unavailable' || type === 'newer-version-open',
  };
}
