/** The vault as the leading tab runs it: its stages (stages.ts) behind the door's table of answers (answers.ts). */
import { answersOf } from './answers.ts';
import type { Environment } from './environment.ts';
import { Vault } from './stages.ts';
import type { HostedVault } from './tabs/serving.ts';

export async function openVault(env: Environment): Promise<HostedVault> {
  let opened: Vault | null = null;
  const disk = await env.openStorage(() => opened?.diskIsNewer());
  const vault = (opened = new Vault(env, disk));
  return {
    ...answersOf(vault),
    subscribe: (listener) => vault.subscribe(listener),
    idle: () => vault.isIdle(),
    close: () => vault.close(),
  };
}
