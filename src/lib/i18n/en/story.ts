import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/story.ts';

export const en = {
  title: 'My health story',
  lead: 'Everything that has a date, newest first.',
  emptyTitle: 'Your story begins here',
  emptyText:
    'Every condition, treatment, vaccination or document that you date takes its place on this page. Nothing is to be written twice.',
  emptyAction: 'Complete my medical profile',
  kind: 'Kind',
  kindAll: 'Everything',
  year: 'Year',
  yearAll: 'All',
  search: 'Search',
  found: { one: '{count} moment', other: '{count} moments' },
  more: 'Show more',
  none: 'Nothing matches this search.',
  started: '{section} · beginning',
  ended: '{section} · end',
  documents: 'Documents',
} as const satisfies Translation<typeof fr>;
