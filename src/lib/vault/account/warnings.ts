/**
 * What the person is warned of: what a frame or the relay did that it should not have, devices that came or went without
 * this one, words that wait for a decision, keys of somebody else's.
 *
 * Guarantees: each thing is told once, also after a restart; a device that is out itself decides and is told nothing of
 * what waits for a decision.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { introducedBy } from '#lib/keys/chain-body.ts';
import { evaluateChain, type ChainDevice, type ChainEntry, type ChainState } from '#lib/keys/chain.ts';
import { eventKey, type SecurityEvent } from '#lib/replica/events.ts';
import { chainEntries } from '#lib/replica/policies.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { guardiansKey, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';
import type { RecordId, SecurityNotice, VaultEvent } from '#lib/vault/door/door.ts';
import type { Clock } from '#lib/sync/clock.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import { pastOf } from '#lib/vault/spaces/carried.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import type { Notices } from './notices.ts';
import { showsForeignKeys } from './substitution.ts';
import { undecidedDevices } from './undecided.ts';

const DAY_MS = 24 * 3_600_000;

/** By the join of each, the devices that were seen. */
type Guardians = Readonly<Record<string, readonly string[]>>;

interface WarningsOptions {
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly clock: Clock;
  readonly spaces: Spaces;
  readonly notices: Notices;
  readonly address: string;
  readonly emit: (event: VaultEvent) => void;
}

export class Warnings {
  readonly #options: WarningsOptions;

  constructor(options: WarningsOptions) {
    this.#options = options;
  }

  /** Of what happened in a space; `record` when it is that of a record. */
  async onEvent(space: Bytes, event: SecurityEvent, record: RecordId | null): Promise<void> {
    const device = 'author' in event && event.author !== undefined ? { device: event.author } : {};
    await this.#add({
      id: `${hex(space)} ${eventKey(event)}`,
      type: event.type,
      at: this.#options.clock.now(),
      ...device,
      ...(record !== null && { record }),
    });
  }

  /**
   * A device that came or went without this one (D03, D04), a kit that was replaced elsewhere. What this device did itself, or was
   * told when it was let in, is no news. No date decides: clocks are set by whoever has the device.
   */
  async announceDevices(): Promise<void> {
    const { spaces } = this.#options;
    const { devices, kits } = spaces.chainState();
    const self = hex(spaces.device.id);
    const before = this.#knownAtFirst(self);
    if (!before) return;
    for (const [id, { addedBy, addedAt, revoked }] of devices) {
      if (id === self || revoked?.by === null) continue; // such a device never was one of the account
      if (!before.devices.has(id) && addedBy !== self) await this.#announce('new-device', id, addedAt);
      if (revoked && !before.devices.get(id)?.revoked && revoked.by !== self)
        await this.#announce('device-revoked', id, revoked.at);
    }
    const authors = new Map(
      spaces.chain.replica.controls().map(({ id, inner }) => [hex(id), hex(inner.author)]),
    );
    for (const { by, at } of kits) {
      const device = by === null ? self : (authors.get(by) ?? self);
      if (device === self || before.kits.some((kit) => kit.by === by)) continue;
      await this.#add({ id: `kit-replaced ${by}`, type: 'kit-replaced', at, device });
    }
  }

  /** The chain as it was known to whoever let this device in; null before that has come. */
  #knownAtFirst(self: string): ChainState | null {
    const { spaces } = this.#options;
    const [{ chain }, chainState] = [spaces, spaces.chainState()];
    const entries = chainEntries(chain.replica.controls());
    const pasts = entries.flatMap(({ control, body }) => {
      const isEntry = introducedBy(body)?.id === self && !chainState.rejected.has(hex(control.id));
      return isEntry ? [pastOf(chain.replica.controls(), [hex(control.id)])] : [];
    });
    if (pasts.length === 0) return null;
    // Said again by somebody who knew more, an entry makes nothing known.
    const isKnown = ({ control }: ChainEntry) => pasts.every((past) => past.has(hex(control.id)));
    return evaluateChain(chainState.address, entries.filter(isKnown));
  }

  /**
   * Who holds a record came to hold it without this device, or has one more device now (D03 at the co-guardian). What stood at the first
   * look is no news, nor whom this device let in. No date decides here either.
   */
  async announceGuardians({ id, space }: Pick<OpenRecord, 'id' | 'space'>): Promise<void> {
    const { spaces, address, storage, seal } = this.#options;
    const { seats } = space.roster();
    if (!seats.has(address)) return; // it has not arrived
    const stored = await sealedGet(storage, seal, guardiansKey(id));
    const before = stored && decodeJson<Guardians>(stored);
    const now: Record<string, readonly string[]> = { ...before };
    const joins = new Map(space.replica.controls().map((control) => [hex(control.id), control.inner]));
    for (const [guardian, seat] of seats) {
      if (guardian === address) continue;
      const join = joins.get(seat);
      const at = join?.clock.time ?? this.#options.clock.now();
      if (before && !before[seat] && (!join || hex(join.author) !== hex(spaces.device.id)))
        await this.#add({ id: `new-guardian ${seat}`, type: 'new-guardian', at, record: id });
      const devices = space.chain(guardian)?.devices ?? new Map<string, ChainDevice>();
      for (const [device, { addedAt, revoked }] of devices)
        if (!revoked && before?.[seat] && !before[seat].includes(device))
          await this.#add({
            ...{ id: `guardian-device ${device}`, type: 'guardian-device', at: addedAt, record: id },
          });
      now[seat] = [...new Set([...(before?.[seat] ?? []), ...devices.keys()])];
    }
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    // What could not be written is told again, under the same name.
    await storage.write([await sealedPut(seal, guardiansKey(id), encodeJson(now))], 'strict');
  }

  /** A notice for each device of which something waits for the person, until all of it is decided, here or elsewhere. */
  async reviewUnsettled(record: OpenRecord): Promise<void> {
    const { spaces, notices } = this.#options;
    if (spaces.chainState().devices.get(hex(spaces.device.id))?.revoked) return;
    const found = await undecidedDevices(spaces, record);
    if (!found.ok) return; // looked for again when frames come, or at the next start
    const waiting = found.value;
    let isNews = false;
    for (const { id, type, device, record: about } of notices.list())
      if (type === 'late-words' && about === record.id && !waiting.has(device ?? ''))
        isNews = (await notices.remove(id)) || isNews;
    for (const [device, at] of waiting) {
      const id = `late-words ${record.id} ${device}`;
      isNews = (await notices.add({ id, type: 'late-words', at, device, record: record.id })) || isNews;
    }
    if (isNews) this.#tell();
  }

  /** A frame that the relay shows in the chain of this account. */
  onShown(frame: Bytes): void {
    const { spaces, address } = this.#options;
    if (showsForeignKeys(address, spaces.chain.epochs()[0]!, frame)) void this.onForeignKeys();
  }

  /** Keys were shown that are not the expected ones. Once a day: whoever shows such keys can show any number of them. */
  async onForeignKeys(): Promise<void> {
    const at = this.#options.clock.now();
    await this.#add({ id: `key-substituted ${Math.floor(at / DAY_MS)}`, type: 'key-substituted', at });
  }

  /** Of what only this device had, so many words opened by no key that came back. */
  async onLost(count: number): Promise<void> {
    const at = this.#options.clock.now();
    await this.#add({ id: `words-lost ${at}`, type: 'words-lost', at, count });
  }

  #announce(type: 'new-device' | 'device-revoked', device: string, at: number): Promise<void> {
    return this.#add({ id: `${type} ${device}`, type, at, device });
  }

  async #add(notice: Omit<SecurityNotice, 'seen'>): Promise<void> {
    if (await this.#options.notices.add(notice)) this.#tell();
  }

  #tell(): void {
    const { emit, notices } = this.#options;
    emit({ type: 'notice', notices: notices.list() });
  }
}
