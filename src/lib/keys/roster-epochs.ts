/**
 * The epochs of a space as its roster tells them: which there are, which one writers use, who lacks its key.
 */
import type { Address } from './address.ts';
import type { History } from './history.ts';
import type { Hex } from './ids.ts';
import type { Found } from './roster-body.ts';
import type { Case, Ruling, Said } from './roster-court.ts';
import type { Endings } from './roster-endings.ts';
import type { Seats } from './roster-rules.ts';
import { currentEpoch, sortEpochs, type Epoch } from './rotations.ts';

export interface Epochs {
  readonly epochs: readonly Epoch[];
  readonly current: Epoch | null;
  readonly rotationDue: boolean;
  readonly nextNumber: number;
  readonly grantsDue: readonly Address[];
  readonly shared: Epoch | null;
  readonly sharedByAll: ReadonlySet<Hex>;
  readonly ungranted: readonly Hex[];
}

const NO_EPOCHS: Epochs = {
  ...{ epochs: [], current: null, rotationDue: false, nextNumber: 1, grantsDue: [], shared: null },
  sharedByAll: new Set(),
  ungranted: [],
};

/** What a ruling and the devices that are known make of the epochs. */
export function epochsOf(
  given: Case,
  ruling: Ruling,
  endings: Endings,
  isKnown: (device: Hex) => boolean,
): Epochs {
  const { history } = given;
  if (ruling.found === null) return NO_EPOCHS;
  const indexOf = new Map(history.operations.map(({ id }, index) => [id, index]));
  const beginOf = ({ by }: Epoch) => (by === null ? ruling.foundings.first! : indexOf.get(by)!);
  const epochs = sortEpochs([firstEpoch(ruling.found), ...rotationsIn(history, ruling, isKnown)]);
  const owners = ruling.seats(() => true);
  const isFit = (epoch: Epoch) => knowsEveryEnding(beginOf(epoch), owners, given, ruling, endings);
  const { current, due } = currentEpoch(epochs, isFit);
  const counted = epochs.filter(({ isVoid }) => !isVoid);
  const lacking = new Map(
    counted.map((epoch) => [epoch, withoutKeys(epoch, beginOf(epoch), owners, history, ruling)]),
  );
  const isShared = (epoch: Epoch) => lacking.get(epoch)!.length === 0;
  return {
    epochs,
    current,
    rotationDue: due,
    nextNumber: Math.max(...counted.map(({ number }) => number)) + 1,
    grantsDue: [...owners.keys()].filter((owner) => [...lacking.values()].some((all) => all.includes(owner))),
    shared: current && isShared(current) ? current : (counted.findLast(isShared) ?? epochs[0]!),
    sharedByAll: new Set(counted.filter(isShared).map(({ id }) => id)),
    ungranted: ungrantedIn(counted, beginOf, owners, given, ruling),
  };
}

function firstEpoch({ id, read }: Found): Epoch {
  return { number: 0, id, read, by: null, isVoid: false };
}

/** Of known devices; those that do not count are void. */
function rotationsIn(
  { operations }: History<Said>,
  { refusals }: Ruling,
  isKnown: (device: Hex) => boolean,
): Epoch[] {
  return operations.flatMap(({ id: by, author, body: { body } }, index) => {
    if (body.type !== 'rotate' || !isKnown(author)) return [];
    const { number, id, read } = body;
    return [{ number, id, read, by, isVoid: refusals[index] !== null }];
  });
}

/**
 * Whether what begins an epoch had heard of every ending: of those that left or were ended, of every device that was
 * active and is so no longer, of every kit that another one has replaced; and reached nobody who is no owner after all. A device that was revoked before its address
 * joined never had a key.
 */
function knowsEveryEnding(
  begin: number,
  owners: Seats,
  { history: { operations, isBefore }, chains }: Case,
  ruling: Ruling,
  endings: Endings,
): boolean {
  const { knowledge } = ruling;
  const isHeard = endings.knowsAll((index) => isBefore(index, begin));
  const reached = ruling.seats((index) => index === begin || isBefore(index, begin));
  if (!isHeard || [...reached.keys()].some((address) => !owners.has(address))) return false;
  const seating = new Map(operations.map(({ id }, index) => [id, index]));
  return [...owners].every(([address, seat]) => {
    const then = knowledge.chainAt(begin, address, seating.get(seat) ?? begin);
    if (then?.kits.at(-1)?.by !== chains.state(address)?.kits.at(-1)?.by) return false;
    return [...(chains.state(address)?.devices ?? [])].every(([device, { revoked }]) => {
      const wasActive = revoked !== undefined && revoked.by !== null;
      return !wasActive || then?.devices.get(device)?.revoked !== undefined;
    });
  });
}

/**
 * Epochs that began where nobody knew of a kit or of a device that a kit let in, and that were not granted since by somebody
 * who did: their keys may have reached neither. So it is with two recoveries, and with a rotation beside a new kit.
 */
function ungrantedIn(
  counted: readonly Epoch[],
  beginOf: (epoch: Epoch) => number,
  owners: Seats,
  { history: { operations }, chains }: Case,
  { knowledge, refusals }: Ruling,
): Hex[] {
  const seating = new Map(operations.map(({ id }, index) => [id, index]));
  const grants = operations.flatMap(({ body: { body } }, index) =>
    refusals[index] === null && body.type === 'grant' ? [{ index, body }] : [],
  );
  const knows = (index: number, address: Address, seat: Hex): boolean => {
    const [now, then] = [
      chains.state(address),
      knowledge.chainAt(index, address, seating.get(seat) ?? index),
    ];
    if (!now || then?.kits.at(-1)?.by !== now.kits.at(-1)?.by) return !now;
    return [...now.active].every((id) => now.devices.get(id)!.addedBy !== null || then?.devices.has(id));
  };
  return counted.flatMap((epoch) => {
    const isLacking = [...owners].some(
      ([address, seat]) =>
        !knows(beginOf(epoch), address, seat) &&
        !grants.some(
          ({ index, body }) =>
            body.address === address && body.epochs.includes(epoch.id) && knows(index, address, seat),
        ),
    );
    return isLacking ? [epoch.id] : [];
  });
}

/**
 * Owners who have neither a box in what begins the epoch nor a grant of it that follows. A grant is believed of the epochs that it
 * names alone, and of those alone which its speaker had a key of: nobody hands on what they lack.
 */
function withoutKeys(
  epoch: Epoch,
  begin: number,
  owners: Seats,
  { operations, isBefore }: History<Said>,
  { found, refusals, speakers }: Ruling,
): Address[] {
  const reached = new Set<Address>(epoch.by === null ? [found!.founder] : []);
  // In causal order: whoever is granted a key may grant it next.
  operations.forEach(({ body: { body } }, index) => {
    if (refusals[index] !== null) return;
    if (index === begin && body.type === 'rotate') for (const { address } of body.boxes) reached.add(address);
    if (body.type !== 'grant' || !body.epochs.includes(epoch.id)) return;
    const isLater = epoch.by === null || isBefore(begin, index);
    if (isLater && reached.has(speakers[index]!)) reached.add(body.address);
  });
  return [...owners.keys()].filter((address) => !reached.has(address));
}
