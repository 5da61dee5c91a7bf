/** The vault as the leading tab runs it: its stages (stages.ts) behind the door's table of answers (answers.ts). */
import { answersOf } from './answers.ts';
import type { Environment } from './environment.ts';
import { Vault } from './stages.ts';
import type { HostedVault } from './tabs/serving.ts';

export async function openVault(env: Environment): Promise<HostedVault> {
  const vault = new Vault(env);
  // Whether anything can be kept here is known before anything is asked.
  await vault.shelf.tryOut();
  return {
    ...answersOf(vault),
    subscribe: (listener) => vault.subscribe(listener),
    idle: () => vault.isIdle(),
    close: () => vault.close(),
  };
}
