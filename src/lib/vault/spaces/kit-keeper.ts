/**
 * Sees to it that the relay has what the kit opens (entry/kit-place.ts), as the account space says it: put there first by the
 * device that made the kit, and again by any device should the relay lose it.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { kitPlace } from '#lib/record/sections/account.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import type { Followed } from '#lib/sync/syncable.ts';
import { openPlaced, readPlace } from '#lib/vault/entry/kit-place.ts';
import { followPlace } from './kept-place.ts';
import { Line } from './line.ts';
import type { Spaces } from './spaces.ts';

export class KitKeeper {
  readonly #spaces: Spaces;
  readonly #line = new Line();
  #following: { readonly engine: SyncEngine; readonly frame: string; readonly followed: Followed } | null =
    null;

  constructor(spaces: Spaces) {
    this.#spaces = spaces;
  }

  /** Follows the place of the kit in use, as the account space names it now, on this connection. */
  follow(engine: SyncEngine): Promise<void> {
    // One at a time: two that began together would each follow it, and one of them for ever.
    return this.#line.run(() => this.#follow(engine));
  }

  async #follow(engine: SyncEngine): Promise<void> {
    const kit = this.#spaces.chainState().kits.at(-1)?.account;
    const entries = this.#spaces.account.replica.record().entries.get(kitPlace.id);
    const place = kit ? await readPlace(entries, kit) : null;
    const frame = place ? hex(frameId(place.frame)) : '';
    const before = this.#following;
    if (before?.engine === engine && before.frame === frame) return;
    before?.engine.unfollow(before.followed.space);
    this.#following = null;
    if (!kit || !place) return;
    const isNote = async (bytes: Bytes): Promise<boolean> =>
      (await openPlaced(place.keys, kit, bytes))?.type === 'replaced';
    const followed = followPlace(place, isNote);
    this.#following = { engine, frame, followed };
    engine.follow(followed);
  }
}
