/** Two guardians of the fictional register, side by side: what each does with the vault of their own. */
import { expect } from 'vitest';
import type { LinkState, RecordId } from '#lib/vault/door/door.ts';
import { good, proven, type TestDevice } from './vault-world.ts';

/** As the authority names them to this person. */
export const childOf = async ({ vault }: TestDevice, firstName: string) =>
  good(await vault.children()).find((one) => one.firstName === firstName)!;

/** The record of one of their children, attested. */
export async function open(device: TestDevice, firstName: string): Promise<RecordId> {
  const { child } = await childOf(device, firstName);
  const [opened] = good(await device.vault.openChildren({ children: [child], certified: true }));
  if (!opened || !('record' in opened)) throw new Error(JSON.stringify(opened));
  return opened.record;
}

/** How the talk stands; refused where it has failed. */
export async function state<T extends LinkState['type']>(
  device: TestDevice,
  type: T,
): Promise<Extract<LinkState, { type: T }>> {
  const { link: now } = await device.until('link', (event) => [type, 'failed'].includes(event.link.type));
  if (now.type !== type) throw new Error(JSON.stringify(now));
  return now as Extract<LinkState, { type: T }>;
}

/** Both stand before the phrase. */
export async function meet(host: TestDevice, record: RecordId, guest: TestDevice): Promise<void> {
  for (const device of [host, guest]) device.events.length = 0;
  good(await guest.vault.joinRecord());
  const { code } = await state(guest, 'waiting');
  good(await (await proven(host)).shareRecord(record, { code, declared: true }));
  const phrases = await Promise.all([host, guest].map((device) => state(device, 'compare')));
  expect(phrases[0]!.phrase).toEqual(phrases[1]!.phrase);
}

/** The guest has read the invitation. */
export async function invite(host: TestDevice, record: RecordId, guest: TestDevice) {
  await meet(host, record, guest);
  for (const device of [host, guest]) good(await device.vault.confirmLink(true));
  await state(host, 'asked');
  return state(guest, 'invitation');
}

/** How the guest calls the record from then on. */
export async function share(host: TestDevice, record: RecordId, guest: TestDevice): Promise<RecordId> {
  await invite(host, record, guest);
  good(await guest.vault.answerInvitation(true));
  const [done] = await Promise.all([guest, host].map((device) => state(device, 'done')));
  return done!.record!;
}
