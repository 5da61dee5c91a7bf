/**
 * What can be asked of the vault, as one table: a method that is not in it does not exist. The compiler holds it against
 * `Door`, so that none is forgotten and none takes something else than its interface says.
 *
 *   takes      what it is asked with; anything else is refused before the vault hears of it
 *   again      asked again of the next leader when the one that took it died: reads, and changes that have the same
 *              outcome when they are carried out twice. Every other call is then answered `interrupted`
 *   stays      what it takes or answers opens the account: it never leaves the worker of the page that asked
 *   progress   tells how far it is, and can be stopped
 *
 * A call comes from a page, or from whoever speaks on the channel of the origin: it is hostile until it is checked here.
 */
import * as v from 'valibot';
import { CREDENTIAL_MAX, PASSKEY_SALT } from '#lib/keys/passkey.ts';
import { PASSKEY_OUTPUT } from '#lib/keys/slot.ts';
import type { Edit, EntryId, SectionId } from '#lib/record/entry.ts';
import { STORED_MEASURES } from '#lib/record/measure-kinds.ts';
import { isEntryId } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { DEVICE_NAME_MAX, identity, SEXES, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { statements } from '#lib/record/sections/statements.ts';
import type { AccountDoor, Door, Progress, RecordDoor } from './door.ts';
import type { Call } from './messages.ts';

export interface Method<Args extends readonly unknown[] = readonly unknown[]> {
  readonly takes: v.GenericSchema<unknown, Args>;
  readonly again: boolean;
  readonly stays: boolean;
  readonly progress: boolean;
}

/** What a method takes, without the two things that cannot be cloned: they travel as events and as `cancel`. */
type Plain<Args extends readonly unknown[]> =
  Required<Args> extends readonly [infer First, ...infer Rest]
    ? [First] extends [Progress | AbortSignal]
      ? []
      : [First, ...Plain<Rest>]
    : [];

type Table<D> = {
  readonly [M in keyof D]: D[M] extends (...args: infer Args) => unknown ? Method<Plain<Args>> : never;
};

function method<const Items extends v.TupleItems>(
  takes: Items,
  ...traits: readonly ('again' | 'stays' | 'progress')[]
): Method<v.InferOutput<v.StrictTupleSchema<Items, undefined>>> {
  return {
    takes: v.strictTuple(takes),
    again: traits.includes('again'),
    stays: traits.includes('stays'),
    progress: traits.includes('progress'),
  };
}

/** Longer than whatever a person types or pastes; each field has its own rule further in. */
const text = v.pipe(v.string(), v.maxLength(10_000));
const entryId = v.custom<EntryId>((value) => typeof value === 'string' && isEntryId(value));

/** The sections whose entries pages show and write. What the vault writes for itself, keys among it, is none of theirs. */
const shown: ReadonlySet<SectionId> = new Set([...healthSections, statements].map(({ id }) => id));
const section = v.custom<SectionId>((value) => typeof value === 'string' && shown.has(value));

const value = v.union([
  v.string(),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
  v.array(v.string()),
]);
const target = { section, id: entryId, saw: v.exactOptional(v.pipe(v.array(entryId), v.maxLength(1000))) };
/** What a document is found and opened by stands in its entry: a page may take it away and back, and change nothing in it. */
const anyTarget = { ...target, section: v.union([section, v.literal(documents.id)]) };
/** Whose record it is the authority says; of that the person says their sex alone (growth curves differ by it). */
const ownSex = {
  section: v.literal(identity.id),
  id: v.literal(SINGLE_ENTRY),
  fields: v.strictObject({ sex: v.picklist(SEXES) }),
};
const edit: v.GenericSchema<unknown, Edit> = v.variant('type', [
  v.object({ type: v.literal('put'), ...target, fields: v.record(v.string(), value) }),
  v.object({ type: v.literal('put'), ...ownSex }),
  v.object({ type: v.literal('delete'), ...anyTarget }),
  v.object({ type: v.literal('restore'), ...anyTarget }),
]);

/** 32 bytes as lower-case hex: a device, or something said. */
const name32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of what counts the first 16 bytes. */
const saying = v.union([name32, v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))]);
const sayings = v.pipe(v.array(saying), v.maxLength(10_000));
const settled = v.object({ take: sayings, aside: sayings, keep: sayings, reopen: sayings });
/** Whether there is such a record says the account. */
const recordId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/));

/** 16 bytes as base64url. */
const handle = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
const named = { firstName: text, lastName: text, birthDate: v.pipe(v.string(), v.isoDate()) };

const credentials = { identifiant: text, password: text };

const bytes = (min: number, max = min) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    (value) =>
      value instanceof Uint8Array &&
      value.buffer instanceof ArrayBuffer &&
      value.length >= min &&
      value.length <= max,
  );
const passkeyAnswer = { id: handle, output: bytes(PASSKEY_OUTPUT) };
const passwordGiven = { password: text, identifiant: v.exactOptional(text) };
const newPasskey = v.object({
  ...{ ...passwordGiven, name: v.pipe(v.string(), v.minLength(1), v.maxLength(DEVICE_NAME_MAX)) },
  ...{ credential: bytes(1, CREDENTIAL_MAX), salt: bytes(PASSKEY_SALT), output: bytes(PASSKEY_OUTPUT) },
  // How the browser calls them; those that are not known are left out.
  transports: v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(32)),
});
const proof = v.union([
  v.strictObject(passwordGiven),
  v.strictObject({ passkey: v.strictObject(passkeyAnswer) }),
]);

const kitGiven = v.object({
  kit: v.union([v.strictObject({ words: text }), v.strictObject({ qr: text })]),
});
const recovery = v.object({
  ...{ ...credentials, deviceName: text },
  keep: v.pipe(v.array(name32), v.maxLength(255)), // as many as a recovery names
  lostSince: v.nullable(v.pipe(v.number(), v.finite())),
});

const newDocument = v.object({
  ...{ file: v.blob(), fileName: text, name: text, category: text, date: text },
  original: v.exactOptional(v.boolean()),
});

const ACCOUNT: Table<AccountDoor> = {
  status: method([], 'again'),
  enrol: method([v.object({ code: text, nir: text, serial: text })], 'stays'),
  activate: method([v.object({ ...credentials, deviceName: text })], 'stays'),
  kit: method([], 'again', 'stays'),
  confirmKit: method([v.strictTuple([text, text, text])], 'stays'),
  lookUpKit: method([kitGiven], 'stays'),
  recover: method([recovery], 'stays', 'progress'),
  newKit: method([kitGiven], 'stays'),
  confirmNewKit: method([v.strictTuple([text, text, text])], 'stays'),
  identifiant: method([], 'again'),
  unlock: method([v.object({ ...credentials, record: v.exactOptional(recordId) })], 'stays'),
  lock: method([], 'again'),
  passkeys: method([], 'again'),
  unlockByPasskey: method([v.object({ ...passkeyAnswer, record: v.exactOptional(recordId) })], 'stays'),
  addPasskey: method([newPasskey], 'stays'),
  namedPasskeys: method([], 'again'),
  renamePasskey: method([handle, text], 'again'),
  removePasskey: method([handle], 'again'),
  shownNames: method([], 'again'),
  showsName: method([], 'again'),
  showName: method([v.boolean()], 'again'),
  changeCredentials: method([v.object({ ...passwordGiven, next: v.object(credentials) })], 'stays'),
  prove: method([proof], 'stays'),
  checkProof: method([], 'again'),
  records: method([], 'again'),
  children: method([], 'again'),
  openChildren: method(
    [v.strictObject({ children: v.pipe(v.array(handle), v.maxLength(64)), certified: v.literal(true) })],
    'again',
  ),
  openUnattested: method([v.strictObject({ ...named, certified: v.literal(true) })]),
  retry: method([], 'again'),
  footprint: method([], 'again'),
  devices: method([], 'again'),
  unsentWords: method([], 'again'),
  offerUnsent: method([]),
  renameDevice: method([name32, text], 'again'),
  revokeDevice: method([name32]),
  forgetting: method([], 'again'),
  forgetDevice: method([]),
  linkThisDevice: method([v.object({ ...credentials, deviceName: text })], 'stays'),
  linkOtherDevice: method([v.object({ code: text })]),
  joinRecord: method([], 'stays'),
  answerInvitation: method([v.boolean()]),
  confirmLink: method([v.boolean()]),
  cancelLink: method([]),
  notices: method([], 'again'),
  markNoticesSeen: method([], 'again'),
};

const RECORD: Table<RecordDoor> = {
  record: method([recordId], 'again'),
  sync: method([recordId], 'again'),
  search: method([recordId, text], 'again'),
  measures: method([recordId, v.picklist([...STORED_MEASURES, 'bmi'])], 'again'),
  edit: method([recordId, v.array(edit)], 'again'),
  history: method([recordId, section, entryId], 'again'),
  deleted: method([recordId, section], 'again'),
  addDocument: method([recordId, newDocument], 'progress'),
  openDocument: method([recordId, entryId], 'again', 'progress'),
  exportRecord: method([recordId], 'again'),
  shareRecord: method([recordId, v.strictObject({ code: text, declared: v.literal(true) })]),
  unsettledWords: method([recordId], 'again'),
  settleWords: method([recordId, settled], 'again'),
  unsettledAdditions: method([recordId], 'again'),
  confirmAddition: method([recordId, name32]),
};

export type MethodName = keyof Door;

/** Everything that can be asked. */
export const METHODS: Table<Door> = { ...ACCOUNT, ...RECORD };

/** A call that may be carried out. */
export interface Admitted {
  readonly id: number;
  readonly name: MethodName;
  readonly args: readonly unknown[];
  readonly method: Method;
}

/** Null for a method that is not in the table, and for arguments that it does not take. */
export function admitCall({ id, method: name, args }: Call): Admitted | null {
  if (typeof name !== 'string' || !Object.hasOwn(METHODS, name)) return null;
  const method: Method = METHODS[name as MethodName];
  const read = v.safeParse(method.takes, args);
  return read.success ? { id, name: name as MethodName, args: read.output, method } : null;
}
