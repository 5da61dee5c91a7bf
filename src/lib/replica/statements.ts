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

export async function takeStatements(
  context: Context,
  turn: Turn,
  { chains, controls }: Pick<Snapshot, 'chains' | 'controls'>,
): Promise<void> {
  const news = [...chains].map(([address, carried]) => ({ address, heads: [], carried }));
  const carried = await context.policy.carry(news, turn.carried);
  if (typeof carried !== 'string') turn.carried = carried;
  turn.members = context.policy.evaluate([...turn.controls.values()], turn.carried);
  await takeControls(context, turn, controls);
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
