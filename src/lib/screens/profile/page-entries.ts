import { SectionEntries } from '#lib/app/profile/entries.svelte.ts';
import { getSession } from '#lib/app/session/session.svelte.ts';
import type { Entry, EntryId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { entryName } from '#lib/ui/profile/words.ts';
import { getToasts } from '#lib/ui/shared/toasts.svelte.ts';

/** The entries of a section for the page that is being made: what is done to them is told at its foot. */
export function pageEntries(section: () => ProfileSection): SectionEntries {
  const toasts = getToasts();
  return new SectionEntries(getSession(), section, entryName, (sentence, undo) =>
    toasts.show(sentence, undo),
  );
}

/**
 * What a sheet shows: an entry to read, as it is by now; or a form, for a new entry or for one as it was when the form was
 * opened, whatever another device does to it meanwhile. A new entry may start with some of its answers given.
 */
export type Shown =
  { readonly read: EntryId } | { readonly change: Entry | undefined; readonly start?: Fields };

/** The entry that a link from elsewhere leads to, by its random id. */
export function shownAt(url: URL): Shown | undefined {
  const asked = url.searchParams.get('voir');
  return asked === null ? undefined : { read: asked };
}
