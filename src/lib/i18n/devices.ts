/** Devices: the list, linking one, revoking one. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/devices.ts';

export const devices = catalogue(fr, async () => (await import('./en/devices.ts')).en);
