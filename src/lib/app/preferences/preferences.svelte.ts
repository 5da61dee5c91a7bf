/**
 * The preferences of this device: language, appearance, text size, and whether a carnet is kept here. Needed before unlock,
 * and nothing about health or about whose it is.
 *
 * They live in a Yjs document of their own (preferences-document.ts, loaded when the page has time); localStorage holds a
 * mirror, so that the first paint waits for nothing.
 */
import { createContext } from 'svelte';
import { speak } from '#lib/i18n/language.svelte.ts';
import type { PreferencesDocument } from './preferences-document.ts';
import { type PreferenceValues, readValues } from './preferences-values.ts';

const MIRROR = 'carnet.preferences';
/** Of preferences-document.ts. */
const DATABASE = 'carnet-preferences';
/** Another tab may hold it. */
const PATIENCE_MS = 3_000;

export class Preferences {
  values = $state.raw<PreferenceValues>(readMirror());
  #document: Promise<PreferencesDocument> | undefined;

  /** Before the first paint: puts the theme and size on the page; the language may need its words. */
  async apply(): Promise<void> {
    const { language, theme, textSize } = this.values;
    const root = document.documentElement;
    setOrRemove(root, 'data-theme', theme === 'auto' ? undefined : theme);
    setOrRemove(root, 'data-text', textSize === 'normal' ? undefined : textSize);
    await speak(language);
    root.lang = language;
  }

  set(change: Partial<PreferenceValues>): void {
    this.#hold(change);
    // What the document held wins over the mirror, and what was chosen just now over both.
    void this.open().then((document) => {
      this.#hold(change);
      document.save(this.values);
    });
  }

  #hold(change: Partial<PreferenceValues>): void {
    this.values = { ...this.values, ...change };
    writeMirror(this.values);
    void this.apply();
  }

  /** The browser has dropped the mirror and not the document: what was chosen is read from there. */
  async recover(): Promise<void> {
    if (hasMirror()) return;
    const databases = await indexedDB.databases?.().catch(() => []);
    if (databases?.some(({ name }) => name === DATABASE)) await this.open();
  }

  /** A carnet is kept on this device. */
  noteCarnet(): void {
    if (this.values.carnet !== 'here') this.set({ carnet: 'here' });
  }

  /**
   * No carnet is kept here any more, and nothing shall say that one was: the document goes whole, since Yjs keeps for a while what
   * was replaced. The page is loaded anew after it, and the mirror makes a new one. Needs no network, and never fails.
   */
  async forgetCarnet(): Promise<void> {
    this.values = { ...this.values, carnet: 'none' };
    writeMirror(this.values);
    const cleared = this.#document?.then((document) => document.clear()) ?? dropDatabase(DATABASE);
    await Promise.race([cleared.catch(() => {}), new Promise((wake) => setTimeout(wake, PATIENCE_MS))]);
  }

  /** Opens the document: its values win over the mirror, which a browser may have dropped. */
  open(): Promise<PreferencesDocument> {
    this.#document ??= import('./preferences-document.ts').then(({ openPreferencesDocument }) =>
      openPreferencesDocument(this.values, (stored) => {
        this.values = readValues({ ...this.values, ...stored });
        writeMirror(this.values);
        void this.apply();
      }),
    );
    return this.#document;
  }
}

export const [getPreferences, setPreferences] = createContext<Preferences>();

function dropDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('the browser refused'));
  });
}

function hasMirror(): boolean {
  try {
    return localStorage.getItem(MIRROR) !== null;
  } catch {
    return false;
  }
}

function readMirror(): PreferenceValues {
  try {
    return readValues(JSON.parse(localStorage.getItem(MIRROR) ?? 'null'), navigator.languages);
  } catch {
    return readValues(null); // storage refused, or what stood there was damaged
  }
}

function writeMirror(values: PreferenceValues): void {
  try {
    localStorage.setItem(MIRROR, JSON.stringify(values));
  } catch {
    // Storage refused: the choice holds until the page is closed.
  }
}

function setOrRemove(root: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) root.removeAttribute(name);
  else root.setAttribute(name, value);
}
