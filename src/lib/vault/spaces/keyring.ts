/**
 * The epochs of a space that this device holds keys for: those it was given, and those it opens from the boxes of
 * rotations that the roster counts.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Chains } from '#lib/keys/chains.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, epochId, type EpochKeys, type EpochSecrets } from '#lib/keys/epoch.ts';
import type { Hex, SpaceId } from '#lib/keys/ids.ts';
import { saidBy, type RosterState } from '#lib/keys/roster.ts';
import { openGrant, openRotation, type RecipientKey } from '#lib/keys/rotations.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import { epochKeys as epochKeysSection } from '#lib/record/sections/account.ts';

/** Secret. Oldest first, the one that writers use last: as a replica takes them. */
export type Ring = readonly EpochSecrets[];

const nameOf = (secrets: EpochSecrets): Hex => hex(epochId(secrets));

export function deriveRing(space: SpaceId, ring: Ring): Promise<EpochKeys[]> {
  return Promise.all(ring.map((secrets) => deriveEpoch(space, secrets)));
}

/** Both rings' epochs, in the order of the roster; what the roster does not count (yet) comes first. */
export function mergeRings(a: Ring, b: Ring, { epochs, current }: RosterState): Ring {
  const byName = new Map([...a, ...b].map((secrets) => [nameOf(secrets), secrets]));
  const place = new Map(epochs.map(({ id }, index) => [id, index]));
  const rank = (name: string): number => (name === current?.id ? Infinity : (place.get(name) ?? -1));
  return [...byName].sort(([x], [y]) => rank(x) - rank(y) || (x < y ? -1 : 1)).map(([, secrets]) => secrets);
}

export function sameRing(a: Ring, b: Ring): boolean {
  return a.length === b.length && a.every((secrets, index) => nameOf(secrets) === nameOf(b[index]!));
}

export interface Opened {
  readonly ring: Ring;
  /** Epochs whose box for this device is not what everybody was told of: it says so, once. */
  readonly wrong: readonly Hex[];
}

/** The epochs that the roster tells of, that the ring lacks, and whose box for this device opens. */
export async function openRotations(input: {
  readonly space: SpaceId;
  readonly ring: Ring;
  readonly roster: RosterState;
  readonly controls: readonly VerifiedControl[];
  readonly chains: Chains;
  readonly device: DeviceKeys;
  /** The kit, while an account is recovered by it. */
  readonly kit?: RecipientKey | undefined;
}): Promise<Opened> {
  const { space, roster, controls, chains, device, kit } = input;
  const own = { id: device.id, sealingSecret: device.sealingSecret };
  const held = new Set(input.ring.map(nameOf));
  const opened: EpochSecrets[] = [];
  const wrong: Hex[] = [];
  for (const { id: saying, inner } of controls) {
    const body = saidBy(inner)?.body;
    const author = chains.device(hex(inner.author));
    if (!author || (body?.type !== 'rotate' && body?.type !== 'grant')) continue;
    const boxed = {
      space,
      boxes: body.boxes,
      author: { id: inner.author, signing: author.signing },
    };
    const selves = kit ? [own, kit] : [own];
    if (body.type === 'grant') {
      if (!roster.effective.has(hex(saying)) || roster.epochs.every(({ id }) => held.has(id))) continue;
      for (const self of selves) opened.push(...(await openGrant({ ...boxed, self, epochs: roster.epochs })));
    } else if (
      !held.has(body.id) &&
      roster.epochs.some(({ id, by }) => id === body.id && by === hex(saying))
    ) {
      for (const self of selves) {
        const secrets = await openRotation({ ...boxed, self, ...body });
        if (secrets === 'wrong-box' && self === own) wrong.push(body.id);
        if (typeof secrets !== 'string') opened.push(secrets);
      }
    }
  }
  return { ring: opened, wrong };
}

/** The entry of an epoch has one id, whichever device writes it down: two that do so write the same. */
export function epochEdit(space: SpaceId, secrets: EpochSecrets): Edit {
  return {
    type: 'put',
    section: epochKeysSection.id,
    id: toBase64url(sha256(space, epochId(secrets)).slice(0, 16)),
    fields: { space: toBase64url(space), epoch: secrets.epoch, key: toBase64url(secrets.key) },
  };
}

/** The epochs of a space that the account's own devices have told each other. */
export function ringOf(space: SpaceId, entries: readonly Entry[]): Ring {
  const own = toBase64url(space);
  return entries.flatMap(({ fields }): EpochSecrets[] => {
    if (fields['space'] !== own || typeof fields['epoch'] !== 'number') return [];
    const key: Bytes | null = typeof fields['key'] === 'string' ? fromBase64url(fields['key']) : null;
    return key ? [{ epoch: fields['epoch'], key }] : [];
  });
}
