/**
 * Attestations: what the authority signs for an activation, and whose an address is by them.
 *
 * An activation is bound to the first address that proves the lookup and signs with the account key of its genesis
 * bundle. The same address again gets the same attestation; another is refused. The entry in the log and the use of the
 * code are one commit; a refused one is counted as a wrong try of the code (codes.ts).
 *
 * Of several addresses of one person the one that was attested last speaks for them: who has lost an account and activated
 * another is not to be spoken for by whoever found the old one. An address that was attested to two persons, whatever
 * for, speaks for neither.
 */
import type { Result } from '#lib/bytes/result.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import {
  addressOfBundle,
  attestationMessage,
  encodeAttestation,
  identityCommitment,
} from '#lib/protocol/attestation.ts';
import { ACCOUNT_KEY_OFFSET, activationMessage, type ActivationRequest } from '#lib/protocol/authority.ts';
import type { CodeRow, Codes, Refused } from './codes.ts';
import { sha256, verifyEd25519 } from './primitives.ts';
import type { Person, RegisterTable } from './register/register.ts';
import type { SigningKey } from './signing-key.ts';
import type { StatementLog } from './statement-log.ts';
import type { Store } from './store.ts';

export interface Attested {
  readonly attestation: Bytes;
  readonly index: number; // in the log, from 1
}

export interface Attestations {
  /** Attests the address of a request that proves a code and the account key. */
  activate(request: ActivationRequest): Result<Attested, Refused>;
  /** The insured person for whom an address speaks, if any. */
  personOf(address: string): Person | null;
}

export interface AttestationDeps {
  readonly store: Store;
  readonly register: RegisterTable;
  readonly codes: Codes;
  readonly log: StatementLog;
  readonly key: SigningKey;
  readonly clock: { now(): number };
}

export function createAttestations(deps: AttestationDeps): Attestations {
  const { store, register, codes, log, key, clock } = deps;

  function attest(row: CodeRow, address: string): Attested {
    const person = register.person(row.person);
    if (!person) throw new Error('a code belongs to nobody');
    const statement = {
      address,
      commitment: identityCommitment(person.salt, person, sha256),
      issued: clock.now(),
    };
    const signature = key.sign(attestationMessage(statement));
    const attestation = encodeAttestation({ ...statement, signature });
    const { commitment } = statement;
    const index = log.append({
      kind: 'attestation',
      person: person.id,
      commitment,
      statement: attestation,
    });
    codes.use(row.codeId, address, index);
    return { attestation, index };
  }

  return {
    activate(request) {
      const { codeId, lookup } = request;
      return store.transaction(() =>
        codes.attempt(codeId, lookup, (row) => {
          const address = claimedAddress(request);
          if (address === null) return null;
          if (row.attestation === null) return codes.isGood(row.codeId) ? attest(row, address) : null;
          // What locks a code cannot undo its use.
          return row.address === address
            ? { attestation: log.statement(row.attestation), index: row.attestation }
            : null;
        }),
      );
    },

    personOf(address) {
      const [person, another] = codes.personsOf(address);
      if (person === undefined || another !== undefined) return null;
      return codes.lastAddressOf(person) === address ? register.person(person) : null;
    },
  };
}

/** The address, if its bundle names it and its account key signed the claim. */
function claimedAddress({ lookup, genesis, signature, ...claimed }: ActivationRequest): string | null {
  const address = addressOfBundle(genesis, sha256);
  if (claimed.address.toLowerCase() !== address) return null;
  const accountKey = genesis.subarray(ACCOUNT_KEY_OFFSET, ACCOUNT_KEY_OFFSET + 32);
  return verifyEd25519(accountKey, activationMessage(lookup, address), signature) ? address : null;
}
