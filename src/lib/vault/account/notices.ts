/**
 * What the person was, or is to be, warned of. Each thing once, also after a restart: a notice is named by what it is
 * about, and its name is kept with it.
 */
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { SecurityNotice } from '#lib/vault/door/door.ts';
import { KEYS, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';

/** Older ones that were seen make room: an attacker who causes many must not fill the disk. */
const MAX_NOTICES = 100;

export interface Notices {
  list(): readonly SecurityNotice[];
  /** Adds the notice unless one of this name is there; answers whether it was added. */
  add(notice: Omit<SecurityNotice, 'seen'>): Promise<boolean>;
  markSeen(): Promise<void>;
  /** Takes away what there is nothing to say of any more; answers whether it was there. */
  remove(id: string): Promise<boolean>;
}

export async function openNotices(storage: Storage, seal: LocalSeal): Promise<Notices> {
  const stored = await sealedGet(storage, seal, KEYS.notices);
  let notices: readonly SecurityNotice[] = (stored && decodeJson<SecurityNotice[]>(stored)) ?? [];

  async function save(): Promise<void> {
    // A notice that could not be written is still shown now, and raised again by its cause after a restart.
    await storage.write([await sealedPut(seal, KEYS.notices, encodeJson(notices))], 'strict');
  }

  return {
    list: () => notices,
    async add(notice) {
      if (notices.some(({ id }) => id === notice.id)) return false;
      const all = [{ ...notice, seen: false }, ...notices];
      const kept = all.filter(({ seen }, index) => !seen || index < MAX_NOTICES).slice(0, 2 * MAX_NOTICES);
      notices = kept;
      await save();
      return true;
    },
    async markSeen() {
      if (notices.every(({ seen }) => seen)) return;
      notices = notices.map((notice) => ({ ...notice, seen: true }));
      await save();
    },
    async remove(id) {
      const kept = notices.filter((notice) => notice.id !== id);
      if (kept.length === notices.length) return false;
      notices = kept;
      await save();
      return true;
    },
  };
}
