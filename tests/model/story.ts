/**
 * A story told twice: to the model as plain data, and to the product as paper statements (helpers/worlds/rosters.ts). A
 * statement has the same id in both, that of the product. Whoever speaks does so by what it has heard, which the teller
 * says: copies of a disk, backups and stale devices are all of them people who have heard less.
 */
import { fromHex, hex, utf8 } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { addressHash } from '#lib/keys/address.ts';
import { evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import type { EpochBox, RosterBody } from '#lib/keys/roster-body.ts';
import {
  actor,
  paperChains,
  paperCheck,
  paperDevice,
  paperSpace,
  type Entry,
} from '../helpers/worlds/rosters.ts';
import { chainOf, type ChainWord } from './chains.ts';
import { addressOf, History, type Address, type Device, type Id } from './history.ts';
import { FIRST_SEAT, rosterOf, type Control, type Roster } from './roster.ts';
import { countedWords, type Word } from './words.ts';

export const ADDRESSES: readonly Address[] = ['A', 'B', 'C'];
const people = new Map(ADDRESSES.map((name) => [name, actor(name)]));

/** Ids of chain statements, controls and words. */
export type Heard = ReadonlySet<Id>;

export class Story {
  readonly chainWords = new Map<Address, ChainWord[]>();
  readonly controls: Control[] = [];
  readonly words: Word[] = [];
  readonly real = paperChains(...people.values());
  readonly sheet = paperSpace(people.get('A')!, this.real, { authority: true });
  readonly #entries = new Map<Id, Entry>([[this.sheet.founding.hex, this.sheet.founding]]);
  readonly #ids = new Map<Device, Id>();

  constructor() {
    for (const [address, { address: real, devices }] of people) {
      devices.forEach((id, index) => this.#ids.set(`${address}${index + 1}`, id));
      const [first, second] = this.real
        .chains()
        .entries(real)
        .map(({ control }) => hex(control.id)) as [Id, Id];
      this.chainWords.set(address, [
        { id: first, author: `${address}1`, after: [], does: { found: true } },
        { id: second, author: `${address}1`, after: [first], does: { add: `${address}2` } },
      ]);
    }
    const chains = Object.fromEntries(ADDRESSES.map((address) => [address, this.chain(address).heads]));
    this.controls.push({
      id: this.sheet.founding.hex,
      author: 'A1',
      after: [],
      chains,
      names: [],
      does: { found: true },
    });
  }

  get all(): Set<Id> {
    const chains = [...this.chainWords.values()].flat();
    return new Set([...chains, ...this.controls, ...this.words].map(({ id }) => id));
  }

  realId(device: Device): Id {
    const id = this.#ids.get(device) ?? paperDevice(device).id;
    this.#ids.set(device, id);
    return id;
  }

  realAddress(address: Address): string {
    return people.get(address)!.address;
  }

  get devices(): Device[] {
    return [...this.#ids.keys()];
  }

  /** The model's view of somebody who has heard this much. */
  chain(address: Address, heard?: Heard) {
    return chainOf(this.chainWords.get(address)!.filter(({ id }) => heard?.has(id) ?? true));
  }

  roster(heard?: Heard): Roster {
    const has = ({ id }: { id: Id }) => heard?.has(id) ?? true;
    const chains = new Map([...this.chainWords].map(([address, said]) => [address, said.filter(has)]));
    return rosterOf(this.controls.filter(has), chains);
  }

  counted(heard?: Heard): Set<Id> {
    return countedWords(
      this.words.filter(({ id }) => heard?.has(id) ?? true),
      this.roster(heard),
    );
  }

  /** The product's view of the same. */
  realRoster(heard: Heard = this.all): RosterState {
    const heads = new Map(
      [...this.chainWords].map(([address, said]) => [
        people.get(address)!.address,
        said.flatMap(({ id }) => (heard.has(id) ? [id] : [])),
      ]),
    );
    const controls = this.controls.flatMap(({ id }) => (heard.has(id) ? [this.#entries.get(id)!] : []));
    return evaluateRoster(this.sheet.space, controls, this.real.upTo(heads), paperCheck);
  }

  realChain(address: Address, heard: Heard = this.all) {
    const known = this.chainWords.get(address)!.flatMap(({ id }) => (heard.has(id) ? [id] : []));
    return this.real
      .upTo(new Map([[people.get(address)!.address, known]]))
      .state(people.get(address)!.address);
  }

  chainWord(author: Device, does: ChainWord['does'], after = this.chain(addressOf(author)).heads): Id {
    const address = addressOf(author);
    const { address: real } = people.get(address)!;
    const device = (name: Device) => ({ ...paperDevice(name), id: this.realId(name) });
    const by = this.realId(author);
    if ('found' in does) throw new TypeError('everybody has founded');
    const id =
      'add' in does
        ? this.real.add(real, by, device(does.add), after)
        : 'revoke' in does
          ? this.real.revoke(real, by, this.realId(does.revoke), after)
          : this.real.recover(
              real,
              device(does.recover),
              does.kept.map((one) => this.realId(one)),
              after,
            );
    const own = this.chainWords.get(address)!;
    own.push({ id, author, after, does });
    return id;
  }

  /** Said by somebody who has heard this much: of what counts for it, and of more where `also` says so. */
  control(author: Device, does: Control['does'], heard: Heard = this.all, also: readonly Id[] = []): Id {
    const heads = this.roster(heard).heads;
    const after = new History(this.controls).heads([...heads, ...also]);
    const chains = Object.fromEntries(
      ADDRESSES.map((address) => [address, this.chain(address, heard).heads]),
    );
    const names = this.lastOf(this.counted(heard));
    return this.controlOn({ author, does, after, chains, names });
  }

  controlOn(said: Omit<Control, 'id'>): Id {
    const grounds = {
      names: said.names.map((saying) => {
        const { author } = this.words.find(({ id }) => id === saying)!;
        return { author: this.realId(author), seq: 1, saying, frame: saying };
      }),
      chains: Object.entries(said.chains).flatMap(([address, heads]) =>
        heads.length > 0 ? [{ address: people.get(address)!.address, heads, carried: [] }] : [],
      ),
    };
    const after = said.after.map((id) => this.#entries.get(id)!);
    const entry = this.sheet.writeOn(grounds, this.realId(said.author), this.#body(said.does), ...after);
    this.#entries.set(entry.hex, entry);
    this.controls.push({ ...said, id: entry.hex });
    return entry.hex;
  }

  word(author: Device, heard: Heard = this.all, names?: readonly Id[]): Id {
    const id = hex(sha256(utf8(`word ${this.words.length}`)));
    const own = this.words
      .filter((word) => heard.has(word.id) && word.author === author)
      .map((word) => word.id);
    const others = [...this.counted(heard)].filter((one) => !own.includes(one));
    this.words.push({ id, author, before: this.lastOf(own), names: names ?? this.lastOf(others) });
    return id;
  }

  /** Heads of lanes: of these words, those that their author has not gone on from. */
  lastOf(ids: Iterable<Id>): Id[] {
    const all = new Set(ids);
    const before = new Set(this.words.flatMap((word) => (all.has(word.id) ? word.before : [])));
    return [...all].filter((id) => !before.has(id));
  }

  /** Boxes that somebody seals by the chains it has heard. */
  recipients(addresses: Iterable<Address>, heard: Heard): string[] {
    return [...addresses].flatMap((address) => [`kit of ${address}`, ...this.chain(address, heard).active]);
  }

  #body(does: Control['does']): RosterBody {
    const boxes = (to: readonly string[]): EpochBox[] =>
      to.map((name) => {
        const { address } = people.get(name.startsWith('kit of ') ? name.at(-1)! : addressOf(name))!;
        const recipient = name.startsWith('kit of ') ? addressHash(address) : fromHex(this.realId(name));
        return { address, recipient, sealed: new Uint8Array(0) };
      });
    if ('join' in does) {
      const to = does.to.map((id) => this.#entries.get(id)!);
      return this.sheet.join(
        people.get(does.join)!,
        to,
        does.agree.map((device) => this.realId(device)),
        this.realId(does.by),
      );
    }
    if ('end' in does)
      return this.sheet.order(
        people.get(does.end)!,
        does.seat === FIRST_SEAT ? hex(this.sheet.space) : does.seat,
      );
    if ('rotate' in does) return { ...this.sheet.rotate(does.rotate, []), boxes: boxes(does.boxes) };
    if ('grant' in does)
      return {
        ...{ type: 'grant', address: people.get(does.grant)!.address },
        ...{ epochs: [], boxes: boxes(does.boxes) },
      };
    return { type: 'leave' in does ? 'leave' : 'note' };
  }
}
