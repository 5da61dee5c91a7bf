/**
 * Attestations: what the authority signs for an activation, and the append-only log of all of them.
 *
 * An activation is bound to the first address that proves the lookup and signs with the account key of its genesis
 * bundle. The same address again gets the same attestation; another is refused. The entry in the log and the use of the
 * code are one commit; a refused one is counted as a wrong try of the code (codes.ts). Opening checks the whole chain: a log that was rewritten stops the authority.
 */
import type { Result } from '#lib/bytes/result.ts';
import { equal, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import {
  addressOfBundle,
  attestationMessage,
  EMPTY_LOG,
  encodeAttestation,
  identityCommitment,
  logHeadMessage,
  nextHead,
  type LogHead,
  type LogLeaf,
} from '#lib/protocol/attestation.ts';
import {
  ACCOUNT_KEY_OFFSET,
  activationMessage,
  LOG_PAGE,
  type ActivationRequest,
} from '#lib/protocol/authority.ts';
import type { CodeRow, Codes, Refused } from './codes.ts';
import { sha256, verifyEd25519 } from './primitives.ts';
import type { RegisterTable } from './register/register.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';

export interface Attested {
  readonly attestation: Bytes;
  readonly index: number; // in the log, from 1
}

export interface LogPage {
  readonly leaves: readonly LogLeaf[];
  readonly head: LogHead & { readonly signature: Bytes };
}

export interface Attestations {
  /** Attests the address of a request that proves a code and the account key. */
  activate(request: ActivationRequest): Result<Attested, Refused>;
  /** What follows entry `after` of the log, with the head that it leads to. */
  log(after: number): LogPage;
}

export interface AttestationDeps {
  readonly store: Store;
  readonly register: RegisterTable;
  readonly codes: Codes;
  readonly key: SigningKey;
  readonly clock: { now(): number };
}

export function createAttestations({ store, register, codes, key, clock }: AttestationDeps): Attestations {
  const { db } = store;
  const last = db.prepare('SELECT n AS size, hash FROM log ORDER BY n DESC LIMIT 1');
  const entry = db.prepare('SELECT attestation FROM log WHERE n = ?');
  const after = db.prepare(
    'SELECT n AS size, hash, commitment, attestation FROM log WHERE n > ? ORDER BY n LIMIT ?',
  );
  const append = db.prepare(
    'INSERT INTO log (n, person, commitment, attestation, hash) VALUES (?, ?, ?, ?, ?)',
  );

  checkChain(after.iterate(0, -1));

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
    const leaf = { commitment: statement.commitment, attestationHash: sha256(attestation) };
    const head = nextHead(toHead(last.get()), leaf, sha256);
    append.run(head.size, person.id, leaf.commitment, attestation, head.hash);
    codes.use(row.codeId, address, head.size);
    return { attestation, index: head.size };
  }

  function attestedAs(index: number): Attested {
    return { attestation: toOwned(entry.get(index)?.['attestation'] as Uint8Array), index };
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
          return row.address === address ? attestedAs(row.attestation) : null;
        }),
      );
    },

    log(from) {
      const rows = after.all(from, LOG_PAGE);
      const head = toHead(rows.at(-1) ?? last.get());
      return { leaves: rows.map(toLeaf), head: { ...head, signature: key.sign(logHeadMessage(head)) } };
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

function checkChain(rows: Iterable<Record<string, unknown>>): void {
  let head = EMPTY_LOG;
  for (const row of rows) {
    head = nextHead(head, toLeaf(row), sha256);
    if (head.size !== row['size'] || !equal(head.hash, row['hash'] as Uint8Array))
      throw new Error(
        `The attestation log is damaged at entry ${head.size}: restore the authority's folder from its backup.`,
      );
  }
}

function toHead(row: Record<string, unknown> | undefined): LogHead {
  return row ? { size: Number(row['size']), hash: toOwned(row['hash'] as Uint8Array) } : EMPTY_LOG;
}

function toLeaf(row: Record<string, unknown>): LogLeaf {
  return {
    commitment: toOwned(row['commitment'] as Uint8Array),
    attestationHash: sha256(row['attestation'] as Uint8Array),
  };
}
