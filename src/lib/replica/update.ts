/**
 * One update: the values that one frame sets, as Yjs writes them, in the one spelling there is.
 *
 *   update    0x01 | varint values | varint client | varint clock | values × value | 0x00        0x00 0x00: sets nothing
 *   value     0x28 | 0x01 | text section | text key | content     under a key that its lane has not set yet
 *             0xa8 | varint client | varint clock | content       after its lane's last value of the key
 *   content   0x01 | lib0 any [value, over]
 *   text      varint bytes | UTF-8
 *
 * Guarantees: `readUpdate` takes bytes of anybody, and what it accepts is byte for byte what `encodeUpdate` makes of it. So
 * there is nothing in an update but values under keys: no deletion, no other client, nothing nested, nothing behind.
 * Leaves out: whether the values fit the lane (lane.ts) and the record (gate.ts).
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { equal, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { FieldValue, SectionId } from '#lib/record/entry.ts';

/** One user action, in bytes. */
export const MAX_UPDATE = 262_144;
/** Values set by one user action. */
export const MAX_VALUES = 8_192;
/** Name of a section, and of a key in it. */
export const MAX_ROOT = 64;
export const MAX_SUB = 128;
/** How many values one value may be over: of each lane that sets its key, one. */
export const MAX_OVER = 128;

/** What stands under a key, with the short ids of the frames of other lanes whose value of that key it replaces. */
export type Content = readonly [value: FieldValue, over: readonly Hex[]];

export interface Place {
  readonly section: SectionId;
  readonly key: string;
}

/** A value: under a key, or after the value that the lane set at a clock. */
export type Placed = { readonly content: Content } & (
  (Place & { readonly after: null }) | { readonly after: number }
);

export interface Update {
  readonly client: number;
  /** Of the first value; each has the clock after the one before. */
  readonly clock: number;
  readonly values: readonly Placed[];
}

/** An update that sets nothing. */
export const NO_UPDATE: Bytes = Uint8Array.of(0, 0);

const FIRST = 0x28;
const AFTER = 0xa8;

export function encodeUpdate({ client, clock, values }: Update): Bytes {
  if (values.length === 0) return toOwned(NO_UPDATE);
  return toOwned(
    encoding.encode((encoder) => {
      const varint = (value: number) => {
        encoding.writeVarUint(encoder, value);
      };
      encoding.writeUint8(encoder, 1);
      [values.length, client, clock].forEach(varint);
      for (const value of values) {
        if (value.after === null) {
          encoding.writeUint8(encoder, FIRST);
          varint(1);
          encoding.writeVarString(encoder, value.section);
          encoding.writeVarString(encoder, value.key);
        } else {
          encoding.writeUint8(encoder, AFTER);
          [client, value.after].forEach(varint);
        }
        varint(1);
        encoding.writeAny(encoder, [...value.content] as never);
      }
      encoding.writeUint8(encoder, 0);
    }),
  );
}

const read = new WeakMap<Bytes, Update | null>();

/** What an update says, or null where it is none. Asked again of the same bytes, it gives the same answer at once. */
export function readUpdate(update: Bytes): Update | null {
  let known = read.get(update);
  if (known === undefined) {
    known = decodeUpdate(update);
    read.set(update, known);
  }
  return known;
}

function decodeUpdate(update: Bytes): Update | null {
  if (update.length > MAX_UPDATE) return null;
  if (equal(update, NO_UPDATE)) return { client: 0, clock: 0, values: [] };
  const structs = hasOneClient(update) ? structsOf(update) : null;
  if (!structs || structs.length === 0 || structs.length > MAX_VALUES) return null;
  const values = structs.map(placedOf);
  if (!values.every((value) => value !== null)) return null;
  const { client, clock } = structs[0]!.id;
  if (!Number.isSafeInteger(clock + values.length)) return null;
  const said = { client, clock, values };
  return equal(encodeUpdate(said), update) ? said : null;
}

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

/** Whether it begins as one block of structs does; before Yjs is asked, which would build thousands of them. */
function hasOneClient(update: Bytes): boolean {
  try {
    return decoding.readVarUint(decoding.createDecoder(update)) === 1;
  } catch {
    return false;
  }
}

function structsOf(update: Bytes): readonly Struct[] | null {
  try {
    return Y.decodeUpdate(update).structs;
  } catch {
    return null; // hostile bytes make lib0 and Yjs throw all kinds of errors
  }
}

function placedOf(struct: Struct): Placed | null {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny)) return null;
  const [content] = struct.content.arr as readonly unknown[];
  if (!isContent(content)) return null;
  if (struct.origin) return { content, after: struct.origin.clock };
  const [section, key] = [struct.parent as unknown, struct.parentSub];
  if (typeof section !== 'string' || key === null) return null;
  if (section.length === 0 || section.length > MAX_ROOT || !isKey(key)) return null;
  return { content, section, key, after: null };
}

const KEY = /^[A-Za-z0-9_-]{21}[AQgw]\/./s;

/** An entry id, a slash and a name. */
export function isKey(key: string): boolean {
  return key.length <= MAX_SUB && KEY.test(key);
}

function isContent(content: unknown): content is Content {
  if (!Array.isArray(content) || content.length !== 2) return false;
  const [value, over] = content as readonly unknown[];
  return isFieldValue(value) && isOver(over);
}

/** What JSON gives back as it was. */
export function isFieldValue(value: unknown): value is FieldValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

const SHORT = /^[0-9a-f]{32}$/;

/** Short ids, ascending, each once. */
export function isOver(over: unknown): over is readonly Hex[] {
  if (!Array.isArray(over) || over.length > MAX_OVER) return false;
  return over.every(
    (short, i) => typeof short === 'string' && SHORT.test(short) && (i === 0 || short > (over[i - 1] as Hex)),
  );
}
