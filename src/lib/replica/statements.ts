/**
 * Statements that come inside other frames: the chains and controls that a snapshot or a rotation carries. They are judged
 * as if they had come in frames of their own; what was said about members is known then although the relay kept it back.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { decodeControl, operationOf, type VerifiedControl } from '#lib/keys/control.ts';
import { separate } from '#lib/keys/history.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Context } from './context.ts';
import type { ControlStatement, Snapshot } from './snapshot.ts';
import type { Turn } from './transaction.ts';

/** Chains are taken in of those whose chains matter here, which the controls tell: again until nothing more is found. */
export async function takeStatements(
  context: Context,
  turn: Turn,
  { chains, controls }: Pick<Snapshot, 'chains' | 'controls'>,
): Promise<void> {
  const { policy, space } = context;
  const claimed = controls.flatMap(
    ({ epoch, statement }) => decodeControl(space, epoch, statement)?.claimed ?? [],
  );
  const open = new Map(chains);
  for (let progress = true; progress;) {
    const { addresses } = policy.circle([...turn.controls.values()], turn.carried, claimed);
    const here = [...open].filter(([address]) => addresses.has(address));
    for (const [address] of here) open.delete(address);
    const news = here.map(([address, carried]) => [{ address, heads: [], carried }]);
    turn.carried = (await policy.carry(news, turn.carried)).carried;
    turn.members = policy.evaluate([...turn.controls.values()], turn.carried);
    const isTaken = await takeControls(context, turn, controls);
    progress = open.size > 0 && (isTaken || here.length > 0);
  }
}

/** Takes in those of these controls that are rightly signed and of which everything they build on is there. */
export async function takeControls(
  context: Context,
  turn: Turn,
  controls: readonly ControlStatement[],
): Promise<boolean> {
  const signed = new Map<Hex, VerifiedControl>();
  for (const { epoch, statement } of controls) {
    const decoded = decodeControl(context.space, epoch, statement);
    const id = decoded && hex(decoded.claimed.id);
    if (!id || turn.controls.has(id) || signed.has(id)) continue;
    const key = turn.members.author(hex(decoded.claimed.inner.author))?.signing;
    if (key && (await decoded.isSignedBy(key))) signed.set(id, decoded.claimed);
  }
  const admitted = await admitReady(context, turn, [...signed.values()]);
  if (admitted.size === 0) return false;
  turn.members = context.policy.evaluate([...turn.controls.values()], turn.carried);
  return true;
}

/** Takes in, all at once, those of these controls of which everything they build on is there or comes with them. Their ids. */
export async function admitReady(
  { policy }: Context,
  turn: Turn,
  controls: readonly VerifiedControl[],
): Promise<ReadonlySet<Hex>> {
  const ready = buildable(turn, controls);
  if (ready.length === 0) return new Set();
  const found = await policy.admit(ready, [...turn.controls.values()]);
  // What builds on one that is not admitted waits with it.
  const admitted = buildable(turn, found);
  turn.addControls(admitted);
  return new Set(admitted.map(({ id }) => hex(id)));
}

/** Of these controls, which are not here yet, those that build on nothing but what is here or among them. */
function buildable({ controls }: Turn, fresh: readonly VerifiedControl[]): VerifiedControl[] {
  const operations = fresh.flatMap((control) => {
    const operation = operationOf(control, control);
    const deps = operation.deps.filter((one) => !controls.has(one));
    return controls.has(operation.id) ? [] : [{ ...operation, deps }];
  });
  return [...separate(operations).present.values()].map(({ body }) => body);
}
