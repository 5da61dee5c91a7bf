/** What a page's origin keeps in its browser: value by value for the search of canaries, row by row for what may not change. */
import type { Page } from '@playwright/test';

export interface StoredValue {
  readonly where: string;
  readonly bytes: Uint8Array;
}

/** IndexedDB with its keys, Cache Storage, localStorage and sessionStorage. Blocks on the disk may be compressed; this is not. */
export async function storedValues(page: Page): Promise<StoredValue[]> {
  const values = await page.evaluate(async () => {
    const found: { where: string; base64: string }[] = [];
    const encode = (bytes: Uint8Array): string => {
      let text = '';
      for (let i = 0; i < bytes.length; i += 0x8000)
        text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(text);
    };
    const note = async (where: string, value: unknown): Promise<void> => {
      if (typeof value === 'string') found.push({ where, base64: encode(new TextEncoder().encode(value)) });
      else if (value instanceof ArrayBuffer) found.push({ where, base64: encode(new Uint8Array(value)) });
      else if (ArrayBuffer.isView(value))
        found.push({
          where,
          base64: encode(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
        });
      else if (value instanceof Blob) await note(where, await value.arrayBuffer());
      else if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) {
          await note(`${where} key`, key);
          await note(`${where}/${key}`, inner);
        }
    };
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('unreadable'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const store = database.transaction(table).objectStore(table);
        const [keys, entries] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
        await note(`IndexedDB ${name}/${table} keys`, keys);
        for (const [index, entry] of entries.entries())
          await note(`IndexedDB ${name}/${table}/${index}`, entry);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        await note(`Cache ${name}`, request.url);
        await note(`Cache ${name} ${request.url}`, await (await cache.match(request))?.arrayBuffer());
      }
    }
    for (const [kind, storage] of Object.entries({ localStorage, sessionStorage }))
      for (const [key, value] of Object.entries(storage))
        await note(`${kind} ${key}`, `${key}=${String(value)}`);
    await note('document.title', document.title);
    await note('location', location.href);
    return found;
  });
  return values.map(({ where, base64 }) => ({ where, bytes: Buffer.from(base64, 'base64') }));
}

/** The slots and every other value that this device has sealed, by key: how each begins, which no two sealings share. */
export async function carnetRows(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('unreadable'));
      });
    const database = await done(indexedDB.open('carnet'));
    const rows = (await done(database.transaction('items').objectStore('items').getAll())) as {
      key: string[];
      value: Uint8Array;
    }[];
    database.close();
    return Object.fromEntries(
      rows
        .filter(({ value }) => value.length >= 24)
        .map(({ key, value }) => [key.join('/'), String.fromCharCode(...value.subarray(0, 24))]),
    );
  });
}

/** Of them what opens the account and says whose it is: a refusal changes none of it, whatever is received meanwhile. */
export async function rowsOfAccount(page: Page): Promise<Record<string, string>> {
  const rows = Object.entries(await carnetRows(page));
  return Object.fromEntries(
    rows.filter(([key]) => /^account\/(slot|identity|identifiant|root|old-kit)/.test(key)),
  );
}
