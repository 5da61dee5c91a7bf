/**
 * What a rotation carries (docs/protocol.md, rule 20): the controls since the last one, each after what it builds on, so that
 * whoever is shown the rotation alone is shown them too.
 *
 * Nobody keeps this device from rotating by saying much: no more is carried than there is room for, and what counts goes
 * first. What is left out is at the relay, and whoever lacks it is told.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { sortCausally } from '#lib/keys/history.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { type CarriedControl, MAX_CARRIED } from '#lib/keys/roster-body.ts';

/** A quarter of what a statement holds at most: the rest is for boxes (MAX_RECIPIENTS in rotations.ts), names and chains. */
export const MAX_CARRIED_BYTES = 256 * 1024;
/** Epoch and length before each statement. */
const HEAD_LENGTH = 8;

export interface Carrying {
  readonly controls: readonly VerifiedControl[];
  readonly isWanted: (control: VerifiedControl) => boolean;
  readonly counts: (control: Hex) => boolean;
}

export function carriedControls({ controls, isWanted, counts }: Carrying): CarriedControl[] {
  const ordered = inOrder(controls);
  const place = new Map(ordered.map((control, i) => [control, i]));
  const wanted = ordered.filter(isWanted);
  const isFirst = ({ id }: VerifiedControl) => counts(hex(id));
  const chosen: VerifiedControl[] = [];
  let left = MAX_CARRIED_BYTES;
  for (const control of [...wanted.filter(isFirst), ...wanted.filter((one) => !isFirst(one))]) {
    const length = HEAD_LENGTH + control.statement.length;
    if (chosen.length >= MAX_CARRIED || length > left) continue;
    left -= length;
    chosen.push(control);
  }
  return chosen
    .sort((a, b) => place.get(a)! - place.get(b)!)
    .map(({ epoch, statement }) => ({ epoch, statement }));
}

/** These controls and all that they build on. */
export function pastOf(controls: readonly VerifiedControl[], ids: Iterable<Hex>): ReadonlySet<Hex> {
  const byId = new Map(controls.map((control) => [hex(control.id), control]));
  const past = new Set(ids);
  for (const id of past) for (const name of byId.has(id) ? namesIn(byId.get(id)!) : []) past.add(name);
  return past;
}

/** Each after what it builds on, as far as that is among them. */
function inOrder(controls: readonly VerifiedControl[]): VerifiedControl[] {
  const ids = new Set(controls.map(({ id }) => hex(id)));
  const operations = controls.map((control) => {
    const deps = namesIn(control).filter((name) => ids.has(name));
    return { id: hex(control.id), deps, control };
  });
  return sortCausally(new Map(operations.map((one) => [one.id, one]))).map(({ control }) => control);
}

function namesIn({ inner: { deps, before } }: VerifiedControl): Hex[] {
  return [...deps, ...before].map(hex);
}
