/**
 * Which language is spoken, and the English words that have arrived.
 *
 * `waiting()` is true while the English of a page is under way, so that the frame can hold the page back for that
 * instant rather than show French first.
 */

export type Language = 'fr' | 'en';

export const LANGUAGES: readonly Language[] = ['fr', 'en'];

type Loader = () => Promise<unknown>;

const loaders: Loader[] = [];
let current = $state<Language>('fr');
let pending = $state(0);
let arrived = $state.raw<ReadonlyMap<number, unknown>>(new Map());

export function language(): Language {
  return current;
}

export function waiting(): boolean {
  return pending > 0;
}

/** Switches once every catalogue in use has its words, so that no sentence changes before the others. */
export async function speak(next: Language): Promise<void> {
  if (next === 'en') await Promise.all(loaders.map((_, id) => fetchEnglish(id)));
  current = next;
}

/** Registers a catalogue; returns the number under which its English is found. */
export function follow(load: Loader): number {
  const id = loaders.push(load) - 1;
  if (current === 'en') {
    // A catalogue is made while its page is being imported, outside of any rendering.
    pending += 1;
    void fetchEnglish(id).finally(() => (pending -= 1));
  }
  return id;
}

export function english(id: number): unknown {
  return arrived.get(id);
}

async function fetchEnglish(id: number): Promise<void> {
  const load = loaders[id];
  if (!load || arrived.has(id)) return;
  try {
    const words = await load();
    arrived = new Map([...arrived, [id, words]]);
  } catch {
    // Offline before the words were ever fetched: French stays, which is better than a blank page.
  }
}
