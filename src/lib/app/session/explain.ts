/**
 * From an expected failure to what a person reads: what happened, what was kept, what to do. The compiler holds the
 * words and `VaultError` together: a failure without its three sentences does not compile.
 */
import { errors } from '#lib/i18n/errors.ts';
import type { VaultError } from '#lib/vault/door/door.ts';

export interface Explanation {
  readonly what: string;
  readonly kept: string;
  readonly todo: string;
  /** A state of the world that passes, rather than something to correct. */
  readonly passing: boolean;
  /** Nothing new can be kept here: the person may want a copy outside. */
  readonly offerCopy: boolean;
  /** Loading the page again helps. */
  readonly offerReload: boolean;
}

const PASSING: ReadonlySet<VaultError['type']> = new Set([
  'authority-unreachable',
  'relay-unreachable',
  'document-unavailable',
  'try-later',
  'link-expired',
  'newer-version-open',
  'cancelled',
  'interrupted',
  'open-elsewhere',
]);

const RELOADABLE: ReadonlySet<VaultError['type']> = new Set([
  'storage-unavailable',
  'newer-version-open',
  'call-refused',
]);

export function explain({ type }: VaultError): Explanation {
  return {
    what: errors(`${type}.what`),
    kept: errors(`${type}.kept`),
    todo: errors(`${type}.todo`),
    passing: PASSING.has(type),
    offerCopy: type === 'storage-full',
    offerReload: RELOADABLE.has(type),
  };
}
