/** From the failures of the layers below to what the person is told. */
import type { StorageError } from '#lib/storage/storage.ts';
import type { VaultError } from './door/door.ts';

export function storageProblem({ type }: StorageError): VaultError {
  switch (type) {
    case 'quota':
      return { type: 'storage-full' };
    case 'version':
      return { type: 'newer-version-open' };
    case 'closed':
    case 'unavailable':
    case 'aborted':
      return { type: 'storage-unavailable' };
  }
}
