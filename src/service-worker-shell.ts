/**
 * The app shell as the service worker serves it: the very bytes that were built, or nothing (attack F02).
 *
 * A cache belongs to every script of the origin, so what lies in it proves nothing. Each file is hashed when it is
 * served, against the list that was built into the worker's own script; what differs or is missing is fetched again and
 * taken only if it has that hash. The network is believed no more than the cache.
 */

/** One file of the built app; scripts/shell.mjs writes the list. */
export interface ShellEntry {
  readonly url: string; // the path, from /
  readonly revision: string | null; // null where the name carries a hash already
  readonly integrity: string; // as in `<script integrity>`: sha256-…
}

/** The part of a Cache that is used. */
export interface ShellCache {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
}

export interface ShellSources {
  readonly openCache: () => Promise<ShellCache>;
  /** Where the cache keeps a path, which the worker that fills it decides. */
  readonly cacheKeyOf: (url: string) => string | undefined;
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface Shell {
  has(url: string): boolean;
  /** The file as it was built. Rejects when neither cache nor network has it. */
  serve(url: string): Promise<Response>;
}

export function createShell(
  entries: readonly ShellEntry[],
  { openCache, cacheKeyOf, fetch }: ShellSources,
): Shell {
  const entryByUrl = new Map(entries.map((entry) => [entry.url, entry]));

  return {
    has: (url) => entryByUrl.has(url),

    async serve(url) {
      const entry = entryByUrl.get(url);
      const key = cacheKeyOf(url);
      if (!entry || key === undefined) throw new Error(`${url} is no file of the app`);
      const cache = await openCache();
      const cached = await cache.match(key);
      if (cached && (await isIntact(cached, entry.integrity))) return cached;
      const fresh = await fetch(refetch(entry));
      if (!fresh.ok || !(await isIntact(fresh, entry.integrity))) throw new Error(`${url} was altered`);
      await cache.put(key, fresh.clone());
      return fresh;
    },
  };
}

/** Whether the body has the hash; the response can be used afterwards. */
export async function isIntact(response: Response, integrity: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  return integrity === `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** Past every HTTP cache; the browser checks the hash too. */
function refetch({ url, integrity }: ShellEntry): Request {
  return new Request(new URL(url, location.origin), {
    integrity,
    cache: 'reload',
    credentials: 'same-origin',
  });
}
