/**
 * What holds at the end of every seed, on every device that stands:
 *
 *   1. A word that the relay acknowledged to an honest device, or that a device which stands had on its disk, counts or is
 *      listed late; where it counts, each of its values is current, or in the history of its entry, which is where a conflict
 *      finds it (R21).
 *   2. A word that a device which stands had shown, before it learned of a revocation or not, counts.
 *   3. Same frames, same state, same roster; also after a restart, and on a newcomer.
 *   4. Nobody is without the keys that writers use.
 *   5. Nobody is told of what nobody did, and nobody twice.
 *   6. What counts is the least set (docs/protocol.md, rule 8), here reckoned from all frames there ever were: nothing else of a
 *      device that does not stand.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import { changes } from '#lib/record/sections/changes.ts';
import { eventKey, type SecurityEvent } from '#lib/replica/events.ts';
import { openReceived, type Frame } from '#lib/replica/frames.ts';
import { isKept } from '../helpers/people/random-editor.ts';
import type { WorldDevice } from '../helpers/worlds/replica-world.ts';
import type { Malice } from './evil-relay.ts';
import { must, type Actor, type Scene, type Word } from './scene.ts';

export async function check(scene: Scene, standing: readonly Actor[]): Promise<void> {
  const { problems, log } = scene.journal;
  const [first] = standing;
  if (!first) return void problems.push('nobody stands');
  const listed = must(await first.device.replica.unsettled()).late;
  const late = new Set(listed.map(({ saying }) => saying));
  // What a device had folded that is out since is listed in its name, whoever had said it.
  const values = new Set(
    listed.flatMap((word) => word.values.map(({ section, key }) => `${section} ${key}`)),
  );
  await checkSame(scene, standing);
  checkWords(scene, standing, first.device, { late, values });
  checkShown(scene, standing, late);
  checkCounted(scene, first.device, late);
  for (const { device } of standing) checkKeys(device, problems);
  for (const { device, isThief } of scene.actors) if (!isThief) checkEvents(device, scene);
  log.push(hex(first.device.replica.stateHash()));
}

async function checkSame({ relay, journal: { problems } }: Scene, standing: readonly Actor[]): Promise<void> {
  // Somebody may have been given no keys of an epoch, by a device that is out since: what stands there, a late word or a
  // control that counts for nobody, they know when the next rotation carries it. With the same keys all is the same.
  const states = new Map<string, Set<string>>();
  const rosters = new Set<string>();
  for (const { device } of standing) {
    const keys = String(device.ring?.map(({ id }) => hex(id)).sort());
    // By what is said: of what its author had folded one may hold the word itself, another the snapshot alone.
    const late = must(await device.replica.unsettled()).late.flatMap(({ values }) =>
      values.map(({ section, key, value }) => JSON.stringify([section, key, value])),
    );
    const before = hex(device.replica.stateHash());
    rosters.add(rosterOf(device));
    const state = [before, controlsOf(device), 'late', ...[...new Set(late)].sort()].join(' ');
    states.set(keys, (states.get(keys) ?? new Set()).add(state));
    // What a device had folded and erased before it was revoked is nowhere any more: the snapshot waits, and is listed.
    if (device.replica.missing().some((id) => !relay.hasErased(hex(id))))
      problems.push(`${device.name} still misses frames`);
    await device.restart();
    if (hex(device.replica.stateHash()) !== before) problems.push(`${device.name} differs after a restart`);
    must(await device.replica.refresh()); // as the vault does when it opens
  }
  for (const told of states.values())
    if (told.size > 1)
      problems.push(`states differ: ${[...told].map((one) => one.slice(0, 160)).join(' / ')}`);
  if (rosters.size > 1) problems.push(`rosters differ: ${[...rosters].join(' / ')}`);
}

/** What a roster says of people, devices and the keys in use. */
function rosterOf({ replica }: WorldDevice): string {
  const { roster, chains } = replica.members();
  const devices = chains.addresses().map((address) => [...chains.state(address)!.active].sort().join());
  return [roster.current?.id, ...devices, ...[...roster.owners].sort()].join();
}

/** What was said about members and keys, as far as the device has the keys to read it. */
function controlsOf({ replica }: WorldDevice): string {
  const { effective, epochs } = replica.members().roster;
  return [...[...effective.keys()].sort(), ...epochs.map(({ id, isVoid }) => `${id} ${isVoid}`)].join();
}

function checkWords(
  { journal: { words, problems } }: Scene,
  standing: readonly Actor[],
  device: WorldDevice,
  { late, values }: { late: ReadonlySet<Hex>; values: ReadonlySet<string> },
): void {
  const record = device.replica.record();
  const log = new ChangeLog().update(record);
  for (const word of words) {
    const isOut = word.isSent || (standing.includes(word.actor) && !word.isGone);
    if (word.actor.isThief || !isOut || late.has(word.saying)) continue;
    for (const put of word.puts) {
      const isListed = (name: string) =>
        [...values].some((one) => one.startsWith(`${put.section} ${put.id}/${name}`));
      if (put.section === changes.id) {
        if (Object.keys(put.fields).some(isListed)) continue;
        if (!record.entries.get(changes.id)?.has(put.id))
          problems.push(`a change of ${String(put.fields['entry'])} is lost`);
        continue;
      }
      for (const [name, value] of Object.entries(put.fields))
        if (value !== null && !isListed(name) && !isKept(record, log, { ...put, name, value }))
          problems.push(`${put.section} ${name} ${String(value)} is lost`);
    }
  }
}

function checkShown(
  { journal: { words, problems }, doubled }: Scene,
  standing: readonly Actor[],
  late: ReadonlySet<Hex>,
): void {
  const hasShown = ({ shown }: Actor, { author, saying, seq }: Word) => {
    const heads = shown.get(author);
    if (!heads || heads.has(saying)) return heads !== undefined;
    return !doubled.has(author) && [...heads.values()].some((head) => head >= seq);
  };
  for (const word of words)
    for (const actor of standing)
      if (late.has(word.saying) && hasShown(actor, word))
        problems.push(`${actor.device.name} had shown a word of ${word.actor.device.name} that is late now`);
}

/** The least set, from all frames that the relay was ever given. */
function checkCounted(
  { relay, world, doubled, journal: { problems, words } }: Scene,
  device: WorldDevice,
  late: ReadonlySet<Hex>,
): void {
  const { roster } = device.replica.members();
  const all = new Map<Hex, Frame>();
  for (const { topic, bytes } of relay.given()) {
    const keys = world.epochs.find((one) => hex(one.topic) === hex(topic));
    const opened = keys ? openReceived(bytes, frameId(bytes), keys, true) : 'unreadable';
    if (typeof opened !== 'string' && opened.frame.kind !== 'control')
      all.set(opened.frame.saying, opened.frame);
  }
  const counted = new Set(roster.anchors.map(({ saying }) => saying));
  for (const { saying, author } of all.values()) if (roster.stands(author)) counted.add(saying);
  for (const saying of counted) {
    const { before = [], names = [] } = all.get(saying) ?? {};
    for (const one of [...before, ...names.map((name) => name.saying)]) counted.add(one);
  }
  for (const { saying, author, seq, actor } of words) {
    if (!all.has(saying)) continue;
    const should = counted.has(saying);
    // Of a key in two places the numbers do not tell; what it had folded and erased is late, and not by its name.
    if (doubled.has(author) && !should) continue;
    const isIn = device.replica.lanesOf(author).some((head) => head.seq >= seq);
    if ((doubled.has(author) ? !late.has(saying) : isIn) !== should)
      problems.push(`a word of ${actor.device.name} ${should ? 'does not count' : 'counts'}, and should not`);
  }
}

function checkKeys({ replica, name, ring }: WorldDevice, problems: string[]): void {
  const { roster, epoch } = replica.members();
  const current = ring?.at(-1);
  if (!current || hex(current.id) !== epoch) problems.push(`${name} is without the current keys`);
  if (roster.rotationDue) problems.push(`a rotation is still due for ${name}`);
  if (replica.unsent() > 0) problems.push(`${name} has something unsent`);
}

const CAUSES: Record<SecurityEvent['type'], readonly Malice[]> = {
  // A snapshot that is kept back makes what it covers look lost.
  rollback: ['rollback', 'drop', 'withhold', 'flip', 'truncate', 'fork'],
  gap: ['drop', 'withhold', 'fork', 'rollback', 'flip', 'truncate'],
  fork: ['drop', 'withhold', 'fork', 'rollback', 'flip', 'truncate'],
  'frame-refused': ['flip', 'truncate', 'inject'],
  'duplicate-device': [],
  'snapshot-refused': [],
};

function checkEvents(
  device: WorldDevice,
  { relay: { done }, doubled, journal: { problems, log } }: Scene,
): void {
  const seen = new Set<string>();
  for (const event of device.events) {
    const key = eventKey(event);
    log.push(`${device.name} ${key}`);
    if (seen.has(key) && !doubled.has(device.id)) problems.push(`${device.name} was told twice: ${key}`);
    seen.add(key);
    const isNeutral = event.type === 'duplicate-device' && doubled.has(event.author);
    if (!isNeutral && !CAUSES[event.type].some((cause) => done.has(cause)))
      problems.push(`${device.name} was told what nobody did: ${JSON.stringify(event)}`);
    if (event.type === 'frame-refused' && event.author !== undefined)
      problems.push(`${device.name} refused an honest frame: ${JSON.stringify(event)}`);
  }
}
