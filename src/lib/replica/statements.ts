/**
 * Statements that come inside other frames: the chains and controls that a snapshot or a rotation carries. They are judged
 * as if they had come in frames of their own; what was said about members is known then although the relay kept it back.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { decodeControl, type VerifiedControl } from '#lib/keys/control.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Context } from './context.ts';
import type { ControlStatement, Snapshot } from './snapshot.ts';
import type { Turn } from './turn.ts';

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
    const news = here.map(([address, carried]) => ({ address, heads: [], carried }));
    const carried = await policy.carry(news, turn.carried);
    if (typeof carried !== 'string') turn.carried = carried;
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
  const signed: VerifiedControl[] = [];
  for (const { epoch, statement } of controls) {
    const decoded = decodeControl(context.space, epoch, statement);
    if (!decoded || turn.controls.has(hex(decoded.claimed.id))) continue;
    const key = turn.members.author(hex(decoded.claimed.inner.author))?.signing;
    if (key && (await decoded.isSignedBy(key))) signed.push(decoded.claimed);
  }
  const known = new Set<Hex>(turn.controls.keys());
  const ready: VerifiedControl[] = [];
  let open = signed;
  for (let progress = true; progress;) {
    progress = false;
    for (const control of open) {
      const { deps, before } = control.inner;
      if (known.has(hex(control.id)) || ![...deps, ...before].every((one) => known.has(hex(one)))) continue;
      known.add(hex(control.id));
      ready.push(control);
      progress = true;
    }
    open = open.filter(({ id }) => !known.has(hex(id)));
  }
  if (ready.length === 0) return false;
  const admitted = await context.policy.admit(ready, [...turn.controls.values()]);
  turn.addControls(admitted);
  turn.members = context.policy.evaluate([...turn.controls.values()], turn.carried);
  return admitted.length > 0;
}
