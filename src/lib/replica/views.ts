/** What can be told of a replica from what it holds in memory. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { RecordDocument } from './document/document.ts';
import type { Delivery } from './interface.ts';
import type { DeviceHex } from './members.ts';
import type { HeadState, Reach } from './state.ts';
import type { Memory } from './transaction.ts';

/** The values of every lane, the controls, and how far every lane has come; not what a lane is called here. */
export function stateHashOf({ controls, head }: Memory, document: RecordDocument): Bytes {
  const writer = new Writer(4096);
  const text = (value: string) => writer.lengthPrefixed(encoder.encode(value));
  for (const [section, key, { client, clock, mark, value, over }] of document.values()) {
    text(section);
    text(key);
    // Not by what the lane is called here: of two branches each device gives the first name to the one that came first.
    text(JSON.stringify({ client, clock, mark, value, over }));
  }
  for (const id of [...controls.keys()].sort()) text(id);
  const heads = [...head.lanes.values()].map(
    ({ author, seq, saying, clock }) => `${author} ${seq} ${saying} ${clock}`,
  );
  for (const line of heads.sort()) text(line);
  return sha256(writer.finish());
}

/** Who has something of this device, given how to tell it from what they have of its words. */
export function deliveryOf({ reach, sent }: HeadState, self: Hex, has: (reach: Reach) => boolean): Delivery {
  const receivedBy: DeviceHex[] = [];
  for (const [device, authors] of reach) {
    const known = authors.get(self);
    if (known && has(known)) receivedBy.push(device);
  }
  return { sent: has(sent), receivedBy };
}

/** How many frames stand behind the last snapshot. */
export function uncoveredBy({ lanes, base }: HeadState): number {
  let frames = 0;
  for (const { author, seq } of lanes.values()) {
    const folded = [...(base?.lanes.values() ?? [])].filter((head) => head.author === author);
    frames += Math.max(0, seq - Math.max(0, ...folded.map((head) => head.seq)));
  }
  return frames;
}

const encoder = new TextEncoder();
