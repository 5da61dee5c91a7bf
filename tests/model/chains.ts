/** Layer 1: which devices an address has. */
import { History, type Device, type Id, type Said } from './history.ts';

const MAX_DEVICES = 32;

export interface ChainWord extends Said {
  readonly does:
    | { readonly found: true }
    | { readonly add: Device }
    | { readonly revoke: Device }
    | { readonly recover: Device; readonly kept: readonly Device[] };
}

export interface Chain {
  readonly known: ReadonlySet<Device>;
  readonly active: ReadonlySet<Device>;
  readonly counts: ReadonlySet<Id>;
  readonly heads: readonly Id[];
}

/** A device that a word lets in, if it does. */
function letIn({ author, does }: ChainWord): Device | null {
  return 'found' in does ? author : 'add' in does ? does.add : 'recover' in does ? does.recover : null;
}

export function chainOf(words: Iterable<ChainWord>): Chain {
  const history = new History(words);
  const counts = settle(history);
  const known = new Set(history.all.flatMap((word) => (counts.has(word.id) ? (letIn(word) ?? []) : [])));
  for (let size = -1; size !== known.size;) {
    size = known.size; // a void addition makes known whom a known device, or the kit, would let in
    for (const word of history.all) {
      const device = letIn(word);
      if (device && (known.has(word.author) || 'recover' in word.does)) known.add(device);
    }
  }
  const active = new Set([...known].filter((device) => isActive(device, history, counts)));
  return { known, active, counts, heads: history.heads(adding(history, counts)) };
}

/**
 * What counts, without removals that add nothing to another one of the same device by the same author: those that make no
 * more void than that one does. Otherwise whoever is revoked could fill the heads, which others have to name, by saying the
 * same for ever.
 */
function adding(history: History<ChainWord>, counts: ReadonlySet<Id>): Id[] {
  const said = history.all.filter(({ id }) => counts.has(id));
  const cut = (removal: ChainWord) => history.all.filter((word) => silences(removal, word, history));
  const isRepeated = (one: ChainWord) =>
    said.some((other) => {
      if (!('revoke' in one.does && 'revoke' in other.does) || one === other) return false;
      if (one.author !== other.author || one.does.revoke !== other.does.revoke) return false;
      const [less, more] = [cut(one), cut(other)];
      return less.every((word) => more.includes(word)) && (less.length < more.length || other.id < one.id);
    });
  return said.filter((one) => !isRepeated(one)).map(({ id }) => id);
}

/** Let in, and by nothing that counts taken out. */
function isActive(device: Device, history: History<ChainWord>, counted: ReadonlySet<Id>): boolean {
  const said = history.all.filter(({ id }) => counted.has(id));
  return said.some((word) => letIn(word) === device) && !said.some((word) => removes(word, device, history));
}

/** A revocation takes out one device, a recovery whoever it knew of and does not keep. */
function removes({ id, does }: ChainWord, device: Device, history: History<ChainWord>): boolean {
  if ('revoke' in does) return does.revoke === device;
  if (!('recover' in does) || does.recover === device || does.kept.includes(device)) return false;
  return history.all.some((word) => history.past(id).has(word.id) && letIn(word) === device);
}

/** Whether a removal that stands makes void what is said beside it: by whom it removes; of a recovery, other additions. */
function silences(removal: ChainWord, word: ChainWord, history: History<ChainWord>): boolean {
  if (!history.areApart(removal.id, word.id)) return false;
  const { does } = removal;
  if (removes(removal, word.author, history)) return true;
  return 'recover' in does && 'add' in word.does && !does.kept.includes(word.does.add);
}

/** What counts when these removals stand whatever comes. */
function judge(history: History<ChainWord>, standing: ReadonlySet<ChainWord>): Set<Id> {
  const counts = new Set<Id>();
  for (const word of history.all) {
    const isVoid = [...standing].some((removal) => removal !== word && silences(removal, word, history));
    if (standing.has(word) || (!isVoid && hasRight(word, history, counts))) counts.add(word.id);
  }
  return counts;
}

function hasRight(word: ChainWord, history: History<ChainWord>, counted: ReadonlySet<Id>): boolean {
  const { id, author, does } = word;
  const past = new Set([...counted].filter((other) => history.past(id).has(other)));
  const before = history.all.filter((other) => past.has(other.id));
  const isKnown = (device: Device) =>
    before.some((other) => letIn(other) === device || removes(other, device, history));
  if ('found' in does) return !isKnown(author);
  if (!before.some((other) => 'found' in other.does)) return false;
  if ('recover' in does) return author === does.recover && !isKnown(author);
  if (!isActive(author, history, past)) return false;
  if ('revoke' in does) return isKnown(does.revoke);
  const active = new Set(before.map(letIn).filter((device) => device && isActive(device, history, past)));
  return !isKnown(does.add) && active.size < MAX_DEVICES;
}

/** Removals come into force by and by: first those that no other would undo, and those that undo each other in a ring. */
function settle(history: History<ChainWord>): Set<Id> {
  const standing = new Set<ChainWord>();
  for (;;) {
    const counts = judge(history, standing);
    const open = history.all.filter(
      (word) =>
        counts.has(word.id) && !standing.has(word) && ('revoke' in word.does || 'recover' in word.does),
    );
    if (open.length === 0) return counts;
    const undoes = new Map(
      open.map((removal) => {
        const left = judge(history, new Set([...standing, removal]));
        return [removal, open.filter(({ id }) => !left.has(id))];
      }),
    );
    for (const one of open.filter((word) => open.every((other) => !leads(other, word) || leads(word, other))))
      standing.add(one);
    function leads(from: ChainWord, to: ChainWord, seen = new Set([from])): boolean {
      if (from === to) return true;
      return undoes.get(from)!.some((next) => !seen.has(next) && leads(next, to, seen.add(next)));
    }
  }
}
