/** What can be told of a replica from what it holds in memory. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { RecordDocument } from './document.ts';
import type { Delivery } from './interface.ts';
import type { DeviceHex } from './members.ts';
import type { HeadState, Reach } from './state.ts';
import type { Memory } from './turn.ts';

/** The values that stand, the controls, and how far every chain has come. */
export function stateHashOf({ controls, head }: Memory, document: RecordDocument): Bytes {
  const writer = new Writer(4096);
  const text = (value: string) => writer.lengthPrefixed(encoder.encode(value));
  for (const [section, key, value] of document.values()) {
    text(section);
    text(key);
    text(JSON.stringify(value) ?? '');
  }
  for (const id of [...controls.keys()].sort()) text(id);
  for (const author of [...head.chains.keys()].sort()) {
    const { seq, id, clock } = head.chains.get(author)!;
    text(`${author} ${seq} ${id} ${clock}`);
  }
  return sha256(writer.finish());
}

/** Who has something of this device, given how to tell it from what they have of its chain. */
export function deliveryOf({ reach, sent }: HeadState, self: Hex, has: (reach: Reach) => boolean): Delivery {
  const receivedBy: DeviceHex[] = [];
  for (const [device, authors] of reach) {
    const known = authors.get(self);
    if (known && has(known)) receivedBy.push(device);
  }
  return { sent: has(sent), receivedBy };
}

/** How many frames stand behind the last snapshot. */
export function uncoveredBy({ chains, base }: HeadState): number {
  let frames = 0;
  for (const [author, { seq }] of chains) frames += seq - (base?.chains.get(author)?.seq ?? 0);
  return frames;
}

const encoder = new TextEncoder();
