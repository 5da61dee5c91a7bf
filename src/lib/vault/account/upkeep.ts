/**
 * What an account does by itself while nobody asks: tells its other devices what it has, rotates keys that are due, folds a
 * record that grew long, asks for what another device has and this one has not.
 */
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import { granteesOf } from '#lib/vault/spaces/granting.ts';
import type { OpenRecord } from '#lib/vault/record/open-record.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import type { Connection } from './connection.ts';
import type { Schedule } from '#lib/vault/schedule.ts';

/** How long after frames of others came the others are told that they did. */
export const HEADS_MS = 1_000;
/** A rotation that another device has to make is given this long before this device makes it. */
const ROTATE_MS = 60_000;
/** …and this long where words of this device wait for it (rule 27). */
const WAITING_MS = 5_000;

interface UpkeepOptions {
  readonly spaces: Spaces;
  readonly schedule: Schedule;
  readonly connection: () => Connection;
  readonly records: () => readonly OpenRecord[];
  readonly wake: () => void;
  readonly address: Address;
  /** Hands the keys of the account space to everybody who may lack some. */
  readonly grant: () => Promise<unknown>;
  /** What every guardian of a record writes of themselves, once there are two. */
  readonly introduce: (record: OpenRecord) => Promise<unknown>;
}

export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #witnessed = new Map<string, Bytes>();
  #areHeadsDue = false;
  #granted = '';
  /** Whom keys of a record were handed to last, for which epochs. */
  readonly #handed = new Map<RosterSpace, string>();

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** Frames of others were taken in: they are to hear of it. */
  received(): void {
    this.#areHeadsDue = true;
    this.whenQuiet();
  }

  /** Also asked when frames come in: a state that stays settled is not told again. */
  whenQuiet(): void {
    const { schedule, records } = this.#options;
    const connection = this.#options.connection();
    this.#rotateSoon(connection);
    if (connection.engine()?.isCaughtUp()) for (const { replica } of this.#spaces()) void replica.noteShown();
    if (!connection.state().settled) return;
    if (this.#areHeadsDue) schedule.soon('heads', HEADS_MS, () => this.#publishHeads());
    for (const record of records())
      if (record.space.roster().owners.size > 1)
        record.schedule.soon('introduce', HEADS_MS, () => this.#options.introduce(record));
    for (const record of records())
      if (record.folding.isDue()) record.schedule.soon('snapshot', HEADS_MS, () => this.#fold(record));
  }

  /** What another device says it has of a record, and this one has not, is asked for at once: kept back, it is told. */
  async passWitness(): Promise<void> {
    const { spaces, wake } = this.#options;
    for (const [device, frontiers] of spaces.account.replica.otherFrontiers())
      for (const { id, replica } of spaces.records()) {
        const frontier = frontiers.get(hex(id));
        const key = `${device} ${hex(id)}`;
        const last = this.#witnessed.get(key);
        if (!frontier || (last && equal(last, frontier))) continue;
        this.#witnessed.set(key, frontier);
        await replica.witness(device, frontier);
      }
    if (spaces.records().some(({ replica }) => replica.missing().length > 0)) wake();
  }

  /** New keys for every space that is due, now. */
  async rotateWhatIsDue(): Promise<void> {
    // A rotation that fails here is made later, as one that is due.
    for (const space of this.#spaces()) if (space.roster().rotationDue) await space.rotate();
    this.#options.wake();
  }

  #spaces(): readonly RosterSpace[] {
    const { spaces } = this.#options;
    return [spaces.account, ...spaces.records()];
  }

  /** What waits for new keys does not wait long for somebody else to make them. */
  #rotateSoon(connection: Connection): void {
    if (connection.state().connection !== 'online') return;
    const { schedule } = this.#options;
    this.#grantSoon();
    for (const space of this.#options.spaces.records()) this.#handOnSoon(space);
    const due = this.#spaces().filter((space) => space.roster().rotationDue);
    if (due.length === 0) return;
    schedule.soon('rotate', ROTATE_MS, () => this.rotateWhatIsDue());
    if (due.some(({ replica }) => replica.unsent() > 0))
      schedule.soon('rotate for words', WAITING_MS, () => this.rotateWhatIsDue());
  }

  /** Keys that a kit, or a device it let in, may lack. Once for the same ones: who cannot hand them on tries no more. */
  #grantSoon(): void {
    const { spaces, schedule, grant, wake } = this.#options;
    const held = new Set(spaces.account.epochs().map(({ id }) => hex(id)));
    const lacking = spaces.account.roster().ungranted.filter((id) => held.has(id));
    if (lacking.length === 0 || lacking.join() === this.#granted) return;
    schedule.soon('grant', WAITING_MS, async () => {
      this.#granted = lacking.join();
      await grant();
      wake();
    });
  }

  /** Keys of a record that its other guardian may lack. Once for the same ones, as above. */
  #handOnSoon(space: RosterSpace): void {
    const { schedule, address, wake } = this.#options;
    const to = granteesOf(space, address);
    const what = [...to, ...space.epochs().map(({ id }) => hex(id))].join();
    if (to.length === 0 || this.#handed.get(space) === what) return;
    schedule.soon(`hand on ${hex(space.id)}`, WAITING_MS, async () => {
      this.#handed.set(space, what);
      for (const owner of granteesOf(space, address)) await space.grant(owner);
      wake();
    });
  }

  async #publishHeads(): Promise<void> {
    const { spaces, wake } = this.#options;
    this.#areHeadsDue = false;
    const frontiers = spaces.records().map(({ id, replica }) => [hex(id), replica.frontier()] as const);
    await spaces.account.replica.publishHeads(new Map(frontiers));
    wake();
  }

  async #fold({ folding }: OpenRecord): Promise<void> {
    if (await folding.fold()) this.#options.wake();
  }
}
