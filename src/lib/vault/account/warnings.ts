/**
 * What the person is warned of: what a frame or the relay did that it should not have, devices that came or went without
 * this one, words that wait for a decision, keys of somebody else's.
 *
 * Guarantees: each thing is told once, also after a restart; a device that is out itself decides and is told nothing of
 * what waits for a decision.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { introducedBy } from '#lib/keys/chain-body.ts';
import { evaluateChain, type ChainEntry, type ChainState } from '#lib/keys/chain.ts';
import { eventKey, type SecurityEvent } from '#lib/replica/events.ts';
import { chainEntries } from '#lib/replica/policies.ts';
import type { RecordId, SecurityNotice, VaultEvent } from '#lib/vault/door/door.ts';
import type { Clock } from '#lib/sync/clock.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import { pastOf } from '#lib/vault/spaces/carried.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import type { Notices } from './notices.ts';
import { showsForeignKeys } from './substitution.ts';
import { undecidedDevices } from './undecided.ts';

const DAY_MS = 24 * 3_600_000;

interface WarningsOptions {
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
   * Who holds a record came to hold it without this device, or has one more device now (D03 at the co-guardian). What stood when this
   * device was linked, or when this account came, is no news.
   */
  async announceGuardians({ id, space }: Pick<OpenRecord, 'id' | 'space'>): Promise<void> {
    const { spaces, address } = this.#options;
    const self = hex(spaces.device.id);
    const { seats } = space.roster();
    const joins = new Map(space.replica.controls().map((control) => [hex(control.id), control.inner]));
    const cameAt = (seat: string | undefined) => joins.get(seat ?? '')?.clock.time ?? -Infinity;
    const since = Math.max(
      spaces.chainState().devices.get(self)?.addedAt ?? Infinity,
      cameAt(seats.get(address)),
    );
    for (const [guardian, seat] of seats) {
      const join = joins.get(seat);
      if (guardian === address) continue;
      if (join && hex(join.author) !== self && join.clock.time > since)
        await this.#add({
          id: `new-guardian ${seat}`,
          type: 'new-guardian',
          at: join.clock.time,
          record: id,
        });
      const known = Math.max(since, cameAt(seat));
      for (const [device, { addedAt, revoked }] of space.chain(guardian)?.devices ?? [])
        if (!revoked && addedAt > known)
          await this.#add({
            ...{ id: `guardian-device ${device}`, type: 'guardian-device', at: addedAt, record: id },
          });
    }
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
