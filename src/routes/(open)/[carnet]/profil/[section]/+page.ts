import { error } from '@sveltejs/kit';
import { profileSectionAt } from '#lib/app/profile/profile.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';

export function load({ params }: { params: { section: string } }): { section: ProfileSection } {
  return { section: profileSectionAt(params.section) ?? error(404) };
}
