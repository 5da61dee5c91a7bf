/**
 * Which device speaks for which address, from the chains that this device has verified.
 * Guarantees: a device is found under one address only, since it signed which one it joins (chain-body.ts).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { ChainState } from './chain.ts';
import type { Hex } from './ids.ts';

export interface DirectoryDevice {
  readonly address: Address;
  readonly signing: Bytes;
  readonly sealing: Bytes;
  readonly revoked: boolean;
}

export interface DirectoryAccount {
  /** Every device the account ever had, in the order of its chain. */
  readonly devices: readonly Hex[];
  /** The recovery key, a recipient like the devices. */
  readonly recovery: Bytes;
}

export interface Directory {
  device(id: Hex): DirectoryDevice | undefined;
  account(address: Address): DirectoryAccount | undefined;
}

export function createDirectory(chains: Iterable<ChainState>): Directory {
  const devices = new Map<Hex, DirectoryDevice>();
  const accounts = new Map<Address, DirectoryAccount>();
  for (const chain of chains) {
    if (chain.genesis === null) continue;
    accounts.set(chain.address, { devices: [...chain.devices.keys()], recovery: chain.genesis.recovery });
    for (const [id, { bundle, revoked }] of chain.devices) {
      devices.set(id, { address: chain.address, ...bundle, revoked: revoked !== undefined });
    }
  }
  return { device: (id) => devices.get(id), account: (address) => accounts.get(address) };
}
