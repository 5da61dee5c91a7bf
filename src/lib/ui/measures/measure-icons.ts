/** One picture for each measure. */
import Activity from '@lucide/svelte/icons/activity';
import Baby from '@lucide/svelte/icons/baby';
import Calculator from '@lucide/svelte/icons/calculator';
import Droplet from '@lucide/svelte/icons/droplet';
import Footprints from '@lucide/svelte/icons/footprints';
import Gauge from '@lucide/svelte/icons/gauge';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import Ruler from '@lucide/svelte/icons/ruler';
import Scale from '@lucide/svelte/icons/scale';
import Thermometer from '@lucide/svelte/icons/thermometer';
import Shirt from '@lucide/svelte/icons/shirt';
import type { MeasureId } from '#lib/record/measure-kinds.ts';

export const measureIcons: Readonly<Record<MeasureId, typeof Ruler>> = {
  weight: Scale,
  height: Ruler,
  bmi: Calculator,
  waist: Shirt,
  temperature: Thermometer,
  glucose: Droplet,
  pressure: Gauge,
  pain: Activity,
  'heart-rate': HeartPulse,
  steps: Footprints,
  head: Baby,
};
