/**
 * The device preferences as a Yjs document in IndexedDB (y-indexeddb). It is stored as plain text and a failed write is
 * never reported, which is why nothing but language, appearance, text size and whether a carnet is here may ever stand in it.
 */
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { PreferenceValues } from './preferences-values.ts';

/** y-indexeddb never answers for a damaged database; the page then goes on with what it has. */
const PATIENCE_MS = 3_000;

export interface PreferencesDocument {
  save(values: PreferenceValues): void;
  /** Takes the document away, with what it held before. */
  clear(): Promise<void>;
}

/**
 * @param current what holds now; written when the document is new
 * @param onStored told what the document holds, now and when another tab changes it
 */
export async function openPreferencesDocument(
  current: PreferenceValues,
  onStored: (values: Record<string, unknown>) => void,
): Promise<PreferencesDocument> {
  const document = new Y.Doc();
  const map = document.getMap<string>('preferences');
  const persistence = new IndexeddbPersistence('carnet-preferences', document);
  await Promise.race([persistence.whenSynced, new Promise((wake) => setTimeout(wake, PATIENCE_MS))]);

  function save(values: PreferenceValues): void {
    document.transact(() => {
      for (const [name, value] of Object.entries(values) as [string, string][]) {
        if (map.get(name) !== value) map.set(name, value);
      }
    });
  }

  if (map.size === 0) save(current);
  else onStored(map.toJSON());
  return { save, clear: () => persistence.clearData() };
}
