/**
 * The first name of whoever wishes it shown before their carnet is open: several people may share a computer. It stands on the
 * disk in the clear then, and only then; it goes at once when it is not wished any more, and with all else of the account.
 */
import { fromUtf8, utf8 } from '#lib/bytes/bytes.ts';
import { ok, fail, type Result } from '#lib/bytes/result.ts';
import { cut } from '#lib/text/signs.ts';
import { cleanLine } from '#lib/text/typed.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import { storageProblem } from '#lib/vault/errors.ts';

/** Nobody is called longer; whoever writes on this disk does not fill the page. */
const SHOWN_MAX = 60;

/** Null: it is not wished, or it has rotted. */
export async function shownName(storage: Storage): Promise<string | null> {
  const bytes = await storage.get(KEYS.shownName);
  if (!bytes) return null;
  try {
    return cut(cleanLine(fromUtf8(bytes)), SHOWN_MAX) || null;
  } catch {
    return null;
  }
}

export async function showsName(storage: Storage): Promise<boolean> {
  return (await storage.get(KEYS.shownName)) !== undefined;
}

/** @param name null: it is not wished any more */
export async function keepShownName(
  storage: Storage,
  name: string | null,
): Promise<Result<void, VaultError>> {
  const key = KEYS.shownName;
  const written = await storage.write(
    [name === null ? { type: 'delete', key } : { type: 'put', key, value: utf8(name) }],
    'strict',
  );
  return written.ok ? ok() : fail(storageProblem(written.error));
}
