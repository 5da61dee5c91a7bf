/** A first name for this device, which the person may change: what it is and, on a computer, the browser. */
import { activation } from '#lib/i18n/activation.ts';

export function proposedDeviceName(agent: string): string {
  if (/iPhone/.test(agent)) return 'iPhone';
  if (/iPad/.test(agent)) return 'iPad';
  if (/Android/.test(agent)) return activation(/Mobile/.test(agent) ? 'devicePhone' : 'deviceTablet');
  return `${activation('deviceComputer')} · ${browserName(agent)}`;
}

function browserName(agent: string): string {
  if (/Firefox\//.test(agent)) return 'Firefox';
  if (/Edg\//.test(agent)) return 'Edge';
  if (/Chrom(e|ium)\//.test(agent)) return 'Chrome';
  return 'Safari';
}
