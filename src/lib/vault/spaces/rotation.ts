/**
 * A new epoch of a space, for everybody who is an owner now: the statement that begins it, with a box of its key for each of
 * their keys, and the controls since the last one, so that whoever is shown it alone is shown those too.
 *
 * Guarantees: it is said under an epoch that every owner has the key of, as far as this device knows. Under a newer one an
 * owner whom that had left out would never hear of this one, though it holds a box for them (simulation, seed 5157).
 */
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Random } from '#lib/crypto/random.ts';
import {
  epochId,
  generateEpoch,
  partsOf,
  readHash,
  type EpochKeys,
  type EpochSecrets,
} from '#lib/keys/epoch.ts';
import type { Hex, SpaceId } from '#lib/keys/ids.ts';
import { encodeRosterBody, type CarriedControl, type EpochBox } from '#lib/keys/roster-body.ts';
import type { RosterState } from '#lib/keys/roster.ts';
import { recipientsOf, type sealEpochs } from '#lib/keys/rotations.ts';
import type { RosterMembers } from '#lib/replica/policies.ts';
import type { EditError, Replica } from '#lib/replica/replica.ts';
import { carriedControls, pastOf } from './carried.ts';

export interface Rotating {
  readonly space: SpaceId;
  readonly replica: Pick<Replica, 'control' | 'controls'>;
  readonly members: Pick<RosterMembers, 'roster' | 'chains'>;
  /** What this device has keys of. */
  readonly epochs: readonly EpochKeys[];
  readonly seal: (
    input: Pick<Parameters<typeof sealEpochs>[0], 'space' | 'epochs' | 'recipients'>,
  ) => Promise<EpochBox[]>;
  readonly random: Random;
  /** For whom even what every owner reads has passed by: the epoch that they read. */
  readonly under?: EpochKeys | undefined;
}

/** @returns the keys, said but not yet used; `incomplete` when the chain of an owner is not known here */
export async function rotateSpace(rotating: Rotating): Promise<Result<EpochSecrets, EditError>> {
  const { space, replica, members, epochs, seal, random } = rotating;
  const { roster, chains } = members;
  const { recipients, unknown } = recipientsOf(roster.owners, (one) => chains.state(one));
  if (unknown.length > 0) return fail({ type: 'incomplete' });
  const secrets = generateEpoch(random, roster.nextNumber);
  const boxes = await seal({ space, epochs: [secrets], recipients });
  const under = rotating.under ?? keysOf(epochs, roster.shared?.id);
  const done = await replica.control(
    encodeRosterBody({
      type: 'rotate',
      number: secrets.epoch,
      id: hex(epochId(secrets)),
      read: hex(readHash(partsOf(secrets))),
      carried: carriedSince(under, replica.controls(), roster),
      boxes,
    }),
    under,
  );
  return done.ok ? ok(secrets) : done;
}

function keysOf(epochs: readonly EpochKeys[], id: string | undefined): EpochKeys | undefined {
  return epochs.find((keys) => hex(keys.id) === id);
}

/**
 * What the beginning of the epoch that this is said under does not tell. Where that is an older one: what may have been said under
 * an epoch that not everybody reads. A control tells the number of its epoch alone, and two may have one number.
 */
function carriedSince(
  under: EpochKeys | undefined,
  controls: ReturnType<Replica['controls']>,
  { current, epochs, sharedByAll, effective }: RosterState,
): readonly CarriedControl[] {
  const isCurrent = under === undefined || hex(under.id) === current?.id;
  const begun = isCurrent ? current : epochs.find(({ id }) => id === hex(under.id));
  const told = pastOf(controls, begun?.by ? [begun.by] : []);
  const isRead = (id: Hex, number: number) =>
    under !== undefined && (id === hex(under.id) || (number < under.epoch && sharedByAll.has(id)));
  const isReadByAll = (number: number) =>
    epochs.every((epoch) => epoch.number !== number || isRead(epoch.id, number));
  return carriedControls({
    controls,
    isWanted: ({ id, epoch }) => !told.has(hex(id)) && (isCurrent || !isReadByAll(epoch)),
    counts: (control) => effective.has(control),
  });
}
