/**
 * The two rules by which spaces are governed: a roster, or the account chain. Both come from keys/.
 */
import type { Address } from '#lib/keys/address.ts';
import { matchesAddress } from '#lib/keys/address.ts';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import { admitChainControls, evaluateChain, findGenesis, type ChainState } from '#lib/keys/chain.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { deviceId } from '#lib/keys/device.ts';
import type { Directory } from '#lib/keys/directory.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { admits, evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import type { Members } from './members.ts';
import type { Policy } from './ports.ts';

/** Members that carry the state they were computed from, for the vault. */
export interface RosterMembers extends Members {
  readonly roster: RosterState;
}

export interface ChainMembers extends Members {
  readonly chain: ChainState;
}

/** A space with a roster. `directory` is asked at every evaluation: call `refresh` of the replica when it has changed. */
export function rosterPolicy(space: SpaceId, directory: () => Directory): Policy<RosterMembers> {
  return {
    admit: (fresh) => Promise.resolve(fresh),
    evaluate(controls) {
      const known = directory();
      const roster = evaluateRoster(space, controls, known);
      return {
        roster,
        heads: roster.heads,
        ...(roster.kind !== null && { epoch: roster.current.id }),
        author(id) {
          const device = known.device(id);
          if (!device) return undefined;
          const clientId = roster.clientIds.get(id);
          const pin = roster.pins.get(id);
          return {
            signing: device.signing,
            ...(clientId !== undefined && { clientId }),
            ...(pin && { pin }),
          };
        },
        admits: (frame) => admits(roster, known, frame),
      };
    },
    introduces: () => [],
  };
}

/** The account chain of an address: controls only. */
export function chainPolicy(address: Address): Policy<ChainMembers> {
  return {
    async admit(fresh, known) {
      const entries = await admitChainControls(address, fresh, findGenesis(address, known));
      return entries.map(({ control }) => control);
    },
    evaluate(controls) {
      const chain = evaluateChain(
        address,
        controls.flatMap((control) => entryOf(control)),
      );
      return {
        chain,
        heads: chain.heads,
        author(id) {
          const device = chain.devices.get(id);
          return device && { signing: device.bundle.signing };
        },
        admits: () => false,
      };
    },
    introduces(body: Bytes) {
      const decoded = decodeChainBody(body);
      if (decoded?.type === 'addDevice' || decoded?.type === 'recover')
        return [{ device: decoded.id, signing: decoded.device.signing }];
      if (decoded?.type !== 'genesis' || !matchesAddress(address, decoded.bundle)) return [];
      const { device } = decoded.bundle;
      return [{ device: hex(deviceId(device)), signing: device.signing }];
    },
  };
}

function entryOf(control: VerifiedControl) {
  const body = decodeChainBody(control.inner.body);
  return body ? [{ control, body }] : [];
}
