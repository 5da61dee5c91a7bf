/** The section of the history of care, for its pages. */
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { care } from '#lib/record/sections/care.ts';

export const careSection: ProfileSection = care;
