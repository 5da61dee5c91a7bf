/** The discovery journey (ACT-28, ACT-31): four places of the profile, asked one after the other. Nothing is stored twice. */
import { at } from '#lib/places/places.svelte.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { allergies } from '#lib/record/sections/allergies.ts';
import { conditions } from '#lib/record/sections/conditions.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { treatments } from '#lib/record/sections/treatments.ts';

const ASKED = [conditions, treatments, allergies, measures] as const;
const END = 'fin';

export interface DiscoveryQuestion {
  readonly section: ProfileSection;
  /** What is asked, by the key of its words. */
  readonly asked: (typeof ASKED)[number]['id'];
  /** From 1. */
  readonly number: number;
  readonly total: number;
  readonly previous: string | undefined;
  readonly next: string;
}

/** The question at an address; `end` behind the last one. */
export function discoveryAt(path: string): DiscoveryQuestion | 'end' | undefined {
  if (path === END) return 'end';
  const index = ASKED.findIndex((section) => section.path === path);
  const section = ASKED[index];
  if (!section) return undefined;
  const [previous, next] = [ASKED[index - 1]?.path, ASKED[index + 1]?.path ?? END];
  return {
    ...{ section, asked: section.id, number: index + 1, total: ASKED.length },
    previous: previous && at(`/decouverte/${previous}`),
    next: at(`/decouverte/${next}`),
  };
}
