/**
 * Who calls: a device that proves, by the chain of its account and a signature over a fresh challenge (protocol/callers.ts),
 * that it speaks for an address, and so for the person to whom that address was attested.
 *
 * The chain comes with the call. What was told of an address once is kept, and is part of every chain that is shown for it
 * from then on: a device whose revocation was told cannot hide it by showing less (attack A03), and no word that a thief
 * told here alone shuts the others out, since chains merge. Kept is what counts and what that builds on; only of addresses
 * that speak for a person, and only what a device showed that has a say, so that strangers fill nothing.
 *
 * [Note: what tells nothing] Everything that a stranger could not know (whether an address is attested, to whom, what was
 * told of its chain) is looked at last, when the signature has been found good: until then the work depends on nothing but
 * what the caller sent. All that fails about who calls fails alike; only who has proven to be a device of the address is
 * told that the chain shown is behind, or to come back later on account of the person.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { verify } from '#lib/crypto/signature.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { callerMessage, type CalledRequest } from '#lib/protocol/callers.ts';
import type { Attestations } from './attestation.ts';
import type { Challenges } from './challenges.ts';
import type { KnownChains } from './known-chains.ts';
import type { Limits } from './limits.ts';
import { sha256 } from './primitives.ts';
import type { Person } from './register/register.ts';

/** Who has proven to call. */
export interface Caller {
  readonly person: Person;
  readonly address: string;
}

export type CallerFailure = { readonly type: 'caller-refused' | 'chain-behind' | 'try-later' };

/** A call as it came, and where it came to. */
export interface Arrived {
  readonly request: CalledRequest;
  readonly path: string;
  /** The hosts under which this authority is reached. */
  readonly hosts: readonly string[];
}

export interface Callers {
  challenge(): Bytes;
  prove(arrived: Arrived): Promise<Result<Caller, CallerFailure>>;
}

export interface CallersDeps {
  readonly attestations: Attestations;
  readonly challenges: Challenges;
  readonly chains: KnownChains;
  /** Calls that one person may make, whatever the network address. */
  readonly limits: Limits;
}

/** Chains that are verified at a time: each may take a good part of a second of the processor. */
const AT_WORK = 16;

const REFUSED = fail({ type: 'caller-refused' } as const);
const BEHIND = fail({ type: 'chain-behind' } as const);
const LATER = fail({ type: 'try-later' } as const);

export function createCallers({ attestations, challenges, chains, limits }: CallersDeps): Callers {
  const perPerson = new RateLimiterMemory({ points: limits.points, duration: limits.windowSeconds });
  let atWork = 0;

  async function judge(arrived: Arrived): Promise<Result<Caller, CallerFailure>> {
    const { address: written, chain, device } = arrived.request.caller;
    const address = written.toLowerCase();
    const shown = await openChain(address, chain);
    const bundle = shown.state.devices.get(hex(device))?.bundle;
    if (!bundle || !shown.state.active.has(hex(device))) return REFUSED;
    if (!(await isSigned(arrived, address, bundle.signing))) return REFUSED;
    // From here on it speaks for the address, as far as it has shown.
    const person = attestations.personOf(address);
    if (!person) return REFUSED;
    const told = await chains.tell(address, shown.entries, hex(device));
    if (told !== 'told') return told === 'behind' ? BEHIND : REFUSED;
    // Last: a device that is out spends nothing of what the others may ask.
    return (await isWithin(perPerson, String(person.id))) ? ok({ person, address }) : LATER;
  }

  return {
    challenge: () => challenges.make(),

    async prove(arrived) {
      const taken = challenges.take(arrived.request.caller.challenge);
      if (taken !== 'good') return taken === 'full' ? LATER : REFUSED;
      if (atWork >= AT_WORK) return LATER;
      atWork++;
      try {
        return await judge(arrived);
      } finally {
        atWork--;
      }
    },
  };
}

/** Whether the device has signed this call, for one of the hosts under which it may have come. */
async function isSigned({ request, path, hosts }: Arrived, address: string, key: Bytes): Promise<boolean> {
  const { challenge, signature } = request.caller;
  const asked = sha256(utf8(request.ask));
  const verdicts = hosts.map((origin) =>
    verify(key, callerMessage({ challenge, origin, path, address, asked }), signature),
  );
  return (await Promise.all(verdicts)).includes(true);
}

async function isWithin(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return false;
    throw refusal;
  }
}
