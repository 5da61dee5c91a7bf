/**
 * Sees to it that the relay has what the kit opens (entry/kit-place.ts), as the account space says it: put there first by the
 * device that made the kit, and again by any device should the relay lose it.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { kitPlace, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import type { Followed } from '#lib/sync/syncable.ts';
import { readPlace } from '#lib/vault/entry/kit-place.ts';
import type { KeptIdentity } from '#lib/vault/entry/identity.ts';
import { followPlace } from './kept-place.ts';
import type { Spaces } from './spaces.ts';

export class KitKeeper {
  readonly #spaces: Spaces;
  readonly #identity: KeptIdentity;
  #following: { readonly engine: SyncEngine; readonly frame: string; readonly followed: Followed } | null =
    null;

  constructor(spaces: Spaces, identity: KeptIdentity) {
    this.#spaces = spaces;
    this.#identity = identity;
  }

  /** Follows the place that the account space names now, on this connection. */
  async follow(engine: SyncEngine): Promise<void> {
    const { kitEraser } = this.#identity.value;
    const entry = this.#spaces.account.replica.record().entries.get(kitPlace.id)?.get(SINGLE_ENTRY);
    const place = await readPlace(entry, kitEraser);
    const frame = place ? hex(frameId(place.frame)) : '';
    const before = this.#following;
    if (before?.engine === engine && before.frame === frame) return;
    before?.engine.unfollow(before.followed.space);
    this.#following = null;
    if (!place) return;
    const followed = followPlace(place, () => void this.#placed());
    this.#following = { engine, frame, followed };
    engine.follow(followed);
  }

  /** The secret that erases has served. Where the disk refuses, it goes at the next start. */
  async #placed(): Promise<void> {
    const { kitEraser, ...rest } = this.#identity.value;
    if (kitEraser) await this.#identity.save(rest);
  }
}
