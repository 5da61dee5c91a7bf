/** Starts the vault's worker and connects this page to it. The only place that makes a worker of ours. */
import { connectVault } from '#lib/vault/door/client.ts';
import workerUrl from '#lib/vault/worker.ts?worker&url';
import type { Vault } from './session.svelte.ts';
import { trustedWorkerUrl } from './trusted-types.ts';

export function startVault(): Vault {
  return connectVault(new Worker(trustedWorkerUrl(workerUrl), { type: 'module', name: 'carnet' }));
}
