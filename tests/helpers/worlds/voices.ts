/** Devices that write a record in lanes of their own and hear of each other what they are told: the record without a log. */
import { hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit } from '#lib/record/entry.ts';
import { RecordDocument } from '#lib/replica/document/document.ts';
import { inspect } from '#lib/replica/gate.ts';
import { Lane, shortOf, type Mark } from '#lib/replica/lane.ts';

/** A frame, as far as lanes know one. */
export interface Said {
  readonly lane: string;
  readonly client: number;
  /** How many frames of the lane come before it. */
  readonly index: number;
  readonly update: Bytes | null;
  readonly mark: Mark;
}

/** A short id, from a number. */
export function shortAt(n: number): Hex {
  return n.toString(16).padStart(32, '0');
}

export function markOf(name: string, time: number, counter = 0): Mark {
  return { short: shortOf(hex(sha256(utf8(name)))), time, counter };
}

/** @param update null for one that sets nothing */
export function saidBy(
  lane: string,
  client: number,
  index: number,
  update: Bytes | null,
  time: number,
): Said {
  return { lane, client, index, update, mark: markOf(`${lane} ${index}`, time) };
}

export class Voice {
  document = new RecordDocument();
  readonly said: Said[] = [];
  readonly name: string;
  readonly client: number;

  constructor(name: string, client: number) {
    this.name = name;
    this.client = client;
    this.document.putLane(name, new Lane(client));
  }

  /** Edits what is here by now. */
  say(edits: readonly Edit[], time: number): Said {
    const { name, client, said } = this;
    const update = this.document.edit(name, edits, time);
    const frame = saidBy(name, client, said.length, update, time);
    if (inspect(update, this.document.lanes.get(name)!) !== 'good') throw new Error('an own edit is void');
    if (!this.document.apply(name, update, frame.mark)) throw new Error('an own edit does not fit');
    said.push(frame);
    return frame;
  }

  /** Takes in all that another has said and this one has not heard. */
  hear(...others: readonly Voice[]): void {
    for (const { said } of others) for (const frame of said) take(this.document, frame);
  }
}

/** Takes a frame in if it is the next of its lane; what its author may not say is void. */
export function take(document: RecordDocument, { lane, client, index, update, mark }: Said): void {
  if (!document.lanes.has(lane)) document.putLane(lane, new Lane(client));
  const held = document.lanes.get(lane)!;
  if (held.frames !== index) return;
  const content = update && inspect(update, held) === 'good' ? update : null;
  if (!document.apply(lane, content, mark)) throw new Error('what passed does not fit');
}

/** All that is said of a document, whoever keeps it. */
export function wordsOf(document: RecordDocument): unknown[] {
  return [...document.values()].map(([section, key, { client, mark, value, over }]) => [
    ...[section, key, client, mark, value, over],
  ]);
}
