import type { Sabotage } from '../sabotage.ts';

/** What the relay and the authority are held to by the people who call them: cost, memory, quotas, rights that end. */
export const RELAY_BOUNDS: readonly Sabotage[] = [
  {
    id: 'chain-has-no-owner',
    file: 'relay/session/admission.ts',
    find: `return topic.deleteKey !== null && Buffer.compare(key, topic.deleteKey) === 0;`,
    replace: `return Buffer.compare(key, topic.deleteKey ?? topic.writeKey) === 0;`,
    why: 'A revoked device, which keeps the write key of its chain, would have the frame erased that revokes it.',
    tests: ['relay/session/session.test.ts', 'tests/attacks/c10-relay.test.ts'],
  },
  {
    id: 'chain-creator-is-a-writer',
    file: 'relay/session/admission.ts',
    find: `role: signer === writeKey ? 'writer' : 'owner' };`,
    replace: `role: 'owner' };`,
    why: 'Creating a chain again, on whichever connection, would make a revoked device its owner.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'chain-does-not-expire',
    file: 'src/lib/protocol/relay/requests.ts',
    find: `ttl: within(ttl, 0, 0), openToReaders };`,
    replace: `ttl, openToReaders };`,
    why: 'Whoever is first to create a chain could let the relay erase it after a day.',
    tests: ['src/lib/protocol/relay/relay.test.ts', 'tests/vectors/vectors.test.ts'],
  },
  {
    id: 'chain-is-read-whole',
    file: 'src/lib/sync/followed-topics.ts',
    find: `const doomed = neverErased ?? false;`,
    replace: `const doomed = false;`,
    why: 'A relay that marks the frame of a revocation would keep it from every device that comes later.',
    tests: ['src/lib/sync/engine.test.ts'],
  },
  {
    id: 'refused-activation-spends-a-try',
    file: 'relay/authority/attestation.ts',
    find: `if (address === null) return null;`,
    replace: `if (address === null) throw new Error('not signed');`,
    why: 'An answer of its own would say that the numbers were right.',
    tests: ['tests/attacks/a10.test.ts', 'relay/authority/authority.test.ts'],
  },
  {
    id: 'activation-asks-whether-the-code-is-good',
    file: 'relay/authority/attestation.ts',
    find: `if (row.attestation === null) return codes.isGood(row.codeId) ? attest(row, address) : null;`,
    replace: `if (row.attestation === null) return attest(row, address);`,
    why: 'A code that is locked, withdrawn or expired would still activate.',
    tests: ['tests/attacks/a10.test.ts'],
  },
  {
    id: 'quota-before-the-frame',
    file: 'relay/bounds/guard.ts',
    find: `if (wait === 0) this.spend(kind, amount);`,
    replace: `if (wait === 0 && kind !== 'stored') this.spend(kind, amount);`,
    why: 'One address could fill the disk.',
    tests: ['relay/bounds/guard.test.ts'],
  },
  {
    id: 'quota-outlives-connections',
    file: 'relay/bounds/guard.ts',
    find: `if (!wasProven) guard.unproven--;`,
    replace: `if (!wasProven) guard.unproven--;
    if (guard.open === 0) this.#guards.delete(guard.address);`,
    why: 'Leaving and coming back would begin the day anew.',
    tests: ['relay/bounds/guard.test.ts'],
  },
  {
    id: 'addresses-are-bounded',
    file: 'relay/bounds/guard.ts',
    find: `const forgotten = idle.pop();`,
    replace: `const forgotten = idle.length > 1e9 ? idle.pop() : undefined;`,
    why: 'Who has a network of IPv6 addresses could fill the memory with them.',
    tests: ['relay/bounds/guard.test.ts'],
  },
  {
    id: 'budget-counts-debts',
    file: 'relay/bounds/budget.ts',
    find: `this.#level = this.level(perSecond, now) + amount;`,
    replace: `this.#level = Math.min(1, this.level(perSecond, now) + amount);`,
    why: 'No budget would ever be used up.',
    tests: ['relay/bounds/budget.test.ts', 'relay/bounds/guard.test.ts'],
  },
  {
    id: 'index-reads-no-frame',
    file: 'relay/store/sqlite/frames.ts',
    find: `    const add = ({ index }: Pack, { chosen }: Portion) => {
`,
    replace: `    const add = ({ index, ...pack }: Pack, { chosen }: Portion) => {
      this.packs.body({ index, ...pack });
`,
    why: 'Sixty requests of sixty bytes would have gigabytes read, and nobody served meanwhile (finding 4).',
    tests: ['relay/store/sqlite/frames.test.ts'],
  },
  {
    id: 'frame-found-by-its-place',
    file: 'relay/store/sqlite/packs.ts',
    find: `    for (const n of this.places.find(topic, name)) {
      const pack = this.read(topic, n);
      const i = pack?.index.indexOf(name) ?? -1;
      if (pack && i >= 0) return { pack, i };
    }`,
    replace: `    for (let pack = this.next(topic, 0, true); pack; pack = this.next(topic, pack.last, true)) {
      const i = pack.index.indexOf(name);
      if (i >= 0) return { pack, i };
    }`,
    why: 'To ask for one id would cost a look at every pack of the topic (finding 4).',
    tests: ['relay/store/sqlite/frames.test.ts'],
  },
  {
    id: 'scattered-reads-end',
    file: 'relay/store/sqlite/frames.ts',
    find: `PAGE_BYTES) || (read > MAX_SCATTERED && page.entries.length > 0)) break;`,
    replace: `PAGE_BYTES)) break;`,
    why: 'A list of small frames that lie apart would have a whole topic read for one answer.',
    tests: ['relay/store/sqlite/frames.test.ts'],
  },
  {
    id: 'bytes-read-are-charged',
    file: 'relay/store/sqlite/frames.ts',
    find: `        pace.spend(costOfBytes(known.body.length));
`,
    replace: '',
    why: 'What a request costs would not go by what it has read.',
    tests: ['relay/store/sqlite/frames.test.ts'],
  },
  {
    id: 'reads-are-charged',
    file: 'relay/session/session.ts',
    find: `this.#meter.charge(cost, clock.now());`,
    replace: `void cost;`,
    why: 'A request of 60 bytes would cost a megabyte of reading, as often as one likes.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'reads-rest',
    file: 'relay/bounds/rota.ts',
    find: `if (!this.#isBusy() || (slice < SLICE_COST && this.#spent < TURN_COST)) return undefined;`,
    replace: `if (slice >= 0) return undefined;`,
    why: 'One large request would hold up everybody.',
    tests: ['relay/bounds/rota.test.ts'],
  },
  {
    id: 'addresses-take-turns',
    file: 'relay/bounds/rota.ts',
    find: `      this.#waiting.delete(who);
      if (waiting.length > 0) this.#waiting.set(who, waiting);`,
    replace: `      if (waiting.length === 0) this.#waiting.delete(who);`,
    why: 'Who asks for much would be served first, and the others when there is nothing left of it.',
    tests: ['relay/bounds/rota.test.ts', 'relay/session/session.test.ts'],
  },
  {
    id: 'one-read-at-a-time',
    file: 'relay/session/session.ts',
    find: `this.#answer(request)), !isWrite(request));`,
    replace: `this.#answer(request)), false);`,
    why: 'A connection that does not read would make the relay hold as many answers as it asks for.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'who-takes-nothing-is-closed',
    file: 'relay/session/session.ts',
    find: `else if (this.#isStuck(now)) this.relieve();`,
    replace: `else if (this.#isStuck(now)) this.#unread = 0;`,
    why: 'Connections that do not read would hold memory as long as they like.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'little-before-a-proof',
    file: 'relay/session/connection.ts',
    find: `this.#unproven > this.#house.limits.unprovenBytes`,
    replace: `this.#unproven > 1e12`,
    why: 'Whoever has a socket could make the relay hold a megabyte without any key.',
    tests: ['relay/session/connection.test.ts'],
  },
  {
    id: 'held-per-address',
    file: 'relay/session/connection.ts',
    find: `this.#guard.held += held - this.#held;`,
    replace: `this.#guard.held = held;`,
    why: 'Five hundred connections of one address would each be looked at alone.',
    tests: ['relay/session/connection.test.ts'],
  },
  {
    id: 'dismissal-ends-live-reading',
    file: 'relay/session/session.ts',
    find: `if (request.type === 'dismiss') this.#deps.bus.dismiss(open.topic, request.key);`,
    replace: `if (request.type === 'dismiss') this.heard();`,
    why: 'A dismissed reader would read on for as long as its connection lasts.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'dismissal-overtakes-an-opening',
    file: 'relay/session/session.ts',
    find: `open.readerKey && !(await isKeyOf(store, topic, role, open.readerKey))`,
    replace: `open.readerKey && open.isShut`,
    why: 'A reader who opens while it is dismissed would stay in.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'dismissal-overtakes-a-reading',
    file: 'relay/session/session.ts',
    find: `if (open.isShut) this.#fail(request.req, 'forbidden');`,
    replace: `if (open.isShut && open.role === 'owner') this.#fail(request.req, 'forbidden');`,
    why: 'What was being read while the key was dismissed would still be handed out.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'expired-topics-are-not-read',
    file: 'relay/session/open-topics.ts',
    find: `if (expiresAt === 0 || now < expiresAt) return open;`,
    replace: `if (expiresAt >= 0 || now < expiresAt) return open;`,
    why: 'The talk of a link could be read after its end by who has it open.',
    tests: ['relay/session/session.test.ts'],
  },
  {
    id: 'erasing-waits-for-its-date',
    file: 'relay/store/sqlite/packs.ts',
    find: `const stays = (i: number) => index.due(i) === 0 || index.due(i) > now;`,
    replace: `const stays = (i: number) => index.due(i) > now;`,
    why: 'One frame that is due would take with it all that lie in its pack.',
    tests: ['relay/store/sqlite/packs.test.ts', 'relay/store/sqlite.test.ts'],
  },
  {
    id: 'places-go-with-their-frame-alone',
    file: 'relay/store/sqlite/packs.ts',
    find: `namesOf(gone, index).filter(isNewTo(left))`,
    replace: `namesOf(gone, index)`,
    why: 'A frame whose id begins like that of an erased one would not be found any more, and be stored again.',
    tests: ['relay/store/sqlite/packs.test.ts'],
  },
  {
    id: 'no-frame-is-missed-between-pieces',
    file: 'relay/store/sqlite/frames.ts',
    find: `pack = this.packs.next(topic.n, after, doomed);
    }
    for`,
    replace: `pack = rest ? null : this.packs.next(topic.n, after, doomed);
    }
    for`,
    why: 'A page that others were served between would end early and say that it was the last: what comes behind is lost from sight.',
    tests: ['relay/store/sqlite/frames.test.ts'],
  },
];
