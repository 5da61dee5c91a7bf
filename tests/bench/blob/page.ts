/** Runs in Chromium: the same file sealed and stored by our modules, and by WebCrypto and IndexedDB as they come. */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { sealBlob } from '#lib/crypto/blob.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import { chunkChanges } from '#lib/vault/documents/chunks.ts';
import { offer, timed } from '../harness/page.ts';

const PLAIN = 'plain';
const STORE = 'files';

offer({
  /** As `vault/documents.ts` does it: chunks, their root, one strict write. */
  async carnet(size: number) {
    const opened = await openDexieStorage('carnet');
    if (!opened.ok) throw new Error(opened.error.type);
    const file = randomFile(size);
    const milliseconds = await timed(async () => {
      const sealed = await sealBlob(systemRandom(32), file, systemRandom);
      const changes = chunkChanges('moi', toBase64url(systemRandom(32)), sealed.chunks);
      const written = await opened.value.write(changes, 'strict');
      if (!written.ok) throw new Error(written.error.type);
    });
    await opened.value.close();
    return milliseconds;
  },

  /** One call of AES-256-GCM over the whole file, one value, the same durability. */
  async webCrypto(size: number) {
    const db = await openPlain();
    const file = randomFile(size);
    const milliseconds = await timed(async () => {
      const key = await crypto.subtle.importKey('raw', systemRandom(32), 'AES-GCM', false, ['encrypt']);
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: systemRandom(12) }, key, file);
      await put(db, toBase64url(systemRandom(32)), new Uint8Array(sealed));
    });
    db.close();
    return milliseconds;
  },

  async clear() {
    for (const { name } of await indexedDB.databases()) await deleted(name!);
  },
});

function randomFile(size: number): Bytes {
  const MOST = 65_536;
  const parts: Bytes[] = [];
  for (let left = size; left > 0; left -= MOST) parts.push(systemRandom(Math.min(MOST, left)));
  return concat(...parts);
}

function openPlain(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(PLAIN, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}

function deleted(name: string): Promise<unknown> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = resolve;
  });
}

function put(db: IDBDatabase, key: string, value: Bytes): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, 'readwrite', { durability: 'strict' });
    transaction.objectStore(STORE).put(value, key);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}
