/** Every sabotage, by part of the product. */
import { APP } from './list/app.ts';
import { AUTHORITY } from './list/authority.ts';
import { BYTES } from './list/bytes.ts';
import { CHAINS } from './list/chains.ts';
import { CRYPTO } from './list/crypto.ts';
import { DOOR } from './list/door.ts';
import { KEYS } from './list/keys.ts';
import { RELAY } from './list/relay.ts';
import { RELAY_BOUNDS } from './list/relay-bounds.ts';
import { REPLICA } from './list/replica.ts';
import { ROSTER } from './list/roster.ts';
import { SNAPSHOTS } from './list/snapshots.ts';
import { STORAGE } from './list/storage.ts';
import { SYNC } from './list/sync.ts';
import { VAULT } from './list/vault.ts';
import type { Sabotage } from './sabotage.ts';

export const SABOTAGES: readonly Sabotage[] = [
  ...BYTES,
  ...CRYPTO,
  ...KEYS,
  ...CHAINS,
  ...ROSTER,
  ...REPLICA,
  ...SNAPSHOTS,
  ...STORAGE,
  ...SYNC,
  ...VAULT,
  ...DOOR,
  ...RELAY,
  ...RELAY_BOUNDS,
  ...AUTHORITY,
  ...APP,
];
