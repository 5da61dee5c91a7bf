/** One picture for each place of the profile, by its id. */
import Accessibility from '@lucide/svelte/icons/accessibility';
import Activity from '@lucide/svelte/icons/activity';
import BedDouble from '@lucide/svelte/icons/bed-double';
import BookOpen from '@lucide/svelte/icons/book-open';
import IdCard from '@lucide/svelte/icons/id-card';
import Leaf from '@lucide/svelte/icons/leaf';
import Pill from '@lucide/svelte/icons/pill';
import Ruler from '@lucide/svelte/icons/ruler';
import Sprout from '@lucide/svelte/icons/sprout';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import Syringe from '@lucide/svelte/icons/syringe';
import UsersRound from '@lucide/svelte/icons/users-round';
import HeartHandshake from '@lucide/svelte/icons/heart-handshake';

export const placeIcons: Readonly<Record<string, typeof Leaf>> = {
  conditions: Activity,
  treatments: Pill,
  'hospital-stays': BedDouble,
  'family-history': UsersRound,
  allergies: Leaf,
  vaccinations: Syringe,
  disabilities: Accessibility,
  habits: Sprout,
  measures: Ruler,
  professionals: Stethoscope,
  relatives: HeartHandshake,
  story: BookOpen,
  administrative: IdCard,
};
