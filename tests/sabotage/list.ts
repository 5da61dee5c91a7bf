/** Every sabotage, by part of the product. */
import { APP } from './list/app.ts';
import { AUTHORITY } from './list/authority.ts';
import { BYTES } from './list/bytes.ts';
import { CRYPTO } from './list/crypto.ts';
import { KEYS } from './list/keys.ts';
import { RELAY } from './list/relay.ts';
import { REPLICA } from './list/replica.ts';
import { STORAGE } from './list/storage.ts';
import { SYNC } from './list/sync.ts';
import { VAULT } from './list/vault.ts';
import type { Sabotage } from './sabotage.ts';

export const SABOTAGES: readonly Sabotage[] = [
  ...BYTES,
  ...CRYPTO,
  ...KEYS,
  ...REPLICA,
  ...STORAGE,
  ...SYNC,
  ...VAULT,
  ...RELAY,
  ...AUTHORITY,
  ...APP,
];
