/**
 * The epochs of a space that this device holds keys for: those it was given, and those it opens from the boxes of
 * rotations that the roster counts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import type { Directory } from '#lib/keys/directory.ts';
import { deriveEpoch, type EpochKeys, type EpochSecrets } from '#lib/keys/epoch.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { decodeRosterBody } from '#lib/keys/roster-body.ts';
import type { RosterState } from '#lib/keys/roster.ts';
import { openRotation } from '#lib/keys/rotation.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { epochKeys as epochKeysSection } from '#lib/record/sections/account.ts';

/** Secret. Oldest first, the one that writers use last: as a replica takes them. */
export type Ring = readonly EpochSecrets[];

const nameOf = ({ epoch, id }: { readonly epoch: number; readonly id: Bytes }): string =>
  `${epoch}/${hex(id)}`;

export function deriveRing(space: SpaceId, ring: Ring): Promise<EpochKeys[]> {
  return Promise.all(ring.map((secrets) => deriveEpoch(space, secrets)));
}

/** Both rings' epochs, in the order of the roster; what the roster does not count (yet) comes first. */
export function mergeRings(a: Ring, b: Ring, { rotations, current }: RosterState): Ring {
  const byName = new Map([...a, ...b].map((secrets) => [nameOf(secrets), secrets]));
  const place = new Map(rotations.map(({ epoch, id }, index) => [`${epoch}/${id}`, index]));
  const currentName = `${current.epoch}/${current.id}`;
  const rank = (name: string): number => (name === currentName ? Infinity : (place.get(name) ?? -1));
  return [...byName].sort(([x], [y]) => rank(x) - rank(y) || (x < y ? -1 : 1)).map(([, secrets]) => secrets);
}

export function sameRing(a: Ring, b: Ring): boolean {
  return a.length === b.length && a.every((secrets, index) => nameOf(secrets) === nameOf(b[index]!));
}

/** The epochs that the roster counts, that the ring lacks, and whose box for this device opens. */
export async function openRotations(input: {
  readonly space: SpaceId;
  readonly ring: Ring;
  readonly roster: RosterState;
  readonly controls: readonly VerifiedControl[];
  readonly directory: Directory;
  readonly device: DeviceKeys;
}): Promise<Ring> {
  const { space, roster, controls, directory, device } = input;
  const held = new Set(input.ring.map(nameOf));
  const opened: EpochSecrets[] = [];
  for (const { epoch, id } of roster.rotations) {
    if (held.has(`${epoch}/${id}`)) continue;
    const control = controls.find((one) => hex(one.id) === id);
    const body = control && decodeRosterBody(control.inner.body);
    const author = control && directory.device(hex(control.inner.author));
    if (!control || body?.type !== 'rotate' || !author) continue;
    const secrets = await openRotation({
      space,
      boxes: body.boxes,
      author: { id: control.inner.author, signing: author.signing },
      self: { id: device.id, sealingSecret: device.sealingSecret },
      epoch,
      id: fromHex(id),
    });
    if (secrets) opened.push(secrets);
  }
  return opened;
}

/** The entry of an epoch has one id, whichever device writes it down: two that do so write the same. */
export function epochEdit(space: SpaceId, { epoch, id, read, write, delete: remove }: EpochSecrets): Edit {
  return {
    type: 'put',
    section: epochKeysSection.id,
    id: toBase64url(sha256(space, id).slice(0, 16)),
    fields: {
      space: toBase64url(space),
      epoch,
      rotation: toBase64url(id),
      read: toBase64url(read),
      write: write ? toBase64url(write) : null,
      delete: remove ? toBase64url(remove) : null,
    },
  };
}

/** The epochs of a space that the account's own devices have told each other. */
export function ringOf(space: SpaceId, entries: readonly Entry[]): Ring {
  const own = toBase64url(space);
  return entries
    .filter(({ fields }) => fields['space'] === own)
    .flatMap(({ fields }) => {
      const bytes = (name: string): Bytes | null => {
        const text = fields[name];
        return typeof text === 'string' ? fromBase64url(text) : null;
      };
      const [id, read, write, remove] = ['rotation', 'read', 'write', 'delete'].map(bytes);
      if (!id || !read || typeof fields['epoch'] !== 'number') return [];
      return [
        { epoch: fields['epoch'], id, read, ...(write && { write }), ...(remove && { delete: remove }) },
      ];
    });
}
