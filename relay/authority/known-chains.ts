/**
 * What was told of the chains of addresses: statements, as their devices signed them (keys/signed.ts). They are only ever
 * added, so that what an address once said of its devices holds for every caller after.
 *
 * What is kept of one address is bounded. A device that has a say could fill it, as it can fill the chain itself; then
 * nobody calls for that address any more, rather than that a revocation be forgotten.
 */
import { hex, toOwned } from '#lib/bytes/bytes.ts';
import { evaluateChain, type ChainEntry, type ChainState } from '#lib/keys/chain.ts';
import { admitCarried } from '#lib/keys/chains.ts';
import type { Store } from './store.ts';

const MAX_STATEMENTS = 512;
const MAX_BYTES = 1_048_576;

/** `full`: more than is kept of one address. */
export type Told = 'told' | 'behind' | 'full';

export interface KnownChains {
  /** Takes in what a device has shown of its chain, unless by all that was told before the device has no say. */
  tell(address: string, shown: readonly ChainEntry[], device: string): Promise<Told>;
}

export function createKnownChains(store: Store): KnownChains {
  const { db } = store;
  const kept = db.prepare('SELECT statement FROM chains WHERE address = ?');
  const size = db.prepare(
    'SELECT count(*) AS statements, total(length(statement)) AS bytes FROM chains WHERE address = ?',
  );
  const keep = db.prepare('INSERT OR IGNORE INTO chains (address, saying, statement) VALUES (?, ?, ?)');

  function isFull(address: string): boolean {
    const { statements, bytes } = { ...size.get(address) };
    return Number(statements) > MAX_STATEMENTS || Number(bytes) > MAX_BYTES;
  }

  return {
    async tell(address, shown, device) {
      const before = kept.all(address).map(({ statement }) => toOwned(statement as Uint8Array));
      // They were verified when they were kept; those that are shown again to the byte are not verified again.
      const { fresh } = await admitCarried(address, [before], shown);
      const all = [...shown, ...fresh];
      const state = evaluateChain(address, all);
      if (!state.active.has(device)) return 'behind';
      return store.transaction(() => {
        for (const { control } of countingOf(all, state)) keep.run(address, control.id, control.statement);
        return isFull(address) ? 'full' : 'told';
      });
    },
  };
}

/** What counts, and all that it builds on. */
function countingOf(entries: readonly ChainEntry[], { heads }: ChainState): ChainEntry[] {
  const byId = new Map(entries.map((entry) => [hex(entry.control.id), entry]));
  const reached = new Set(heads);
  for (const id of reached) {
    const inner = byId.get(id)?.control.inner;
    for (const name of [...(inner?.deps ?? []), ...(inner?.before ?? [])]) reached.add(hex(name));
  }
  return [...reached].flatMap((id) => byId.get(id) ?? []);
}
