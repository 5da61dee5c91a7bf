/**
 * The preferences of this device: language, appearance, text size. Needed before unlock, and nothing about health.
 *
 * They live in a Yjs document of their own (preferences-document.ts, loaded when the page has time); localStorage holds a
 * mirror, so that the first paint waits for nothing.
 */
import { createContext } from 'svelte';
import { speak } from '#lib/i18n/language.svelte.ts';
import { type PreferenceValues, readValues } from './preferences-values.ts';

const MIRROR = 'carnet.preferences';

export class Preferences {
  values = $state.raw<PreferenceValues>(readMirror());
  #document: Promise<{ save(values: PreferenceValues): void }> | undefined;

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
    this.values = { ...this.values, ...change };
    writeMirror(this.values);
    void this.apply();
    void this.open().then((document) => document.save(this.values));
  }

  /** Opens the document: its values win over the mirror, which a browser may have dropped. */
  open(): Promise<{ save(values: PreferenceValues): void }> {
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
