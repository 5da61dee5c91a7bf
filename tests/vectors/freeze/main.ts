/**
 * Writes the frozen vectors of our own formats, from a fixed seed. It was run once; what it wrote is law, and it never
 * overwrites: a format that must change gets a new version byte, and new files beside the old.
 * Run `node tests/vectors/freeze/main.ts` to add the vectors of a new format.
 */
import { boxes, slotPieces } from './boxes.ts';
import { calls } from './calls.ts';
import { blobs, locals } from './disk.ts';
import { committing, frames } from './frames.ts';
import { decoding, derivations, histories, passkeys, slots } from './keys.ts';
import { guardianDecoding, guardianDerivations } from './guardians.ts';
import { messages } from './messages.ts';
import { bodies, recordFrames, snapshots, statements } from './record.ts';
import { signatures } from './signatures.ts';
import { addresses, classes, paddings } from './texts.ts';
import { write } from './tools.ts';

write('frame', 'Frames: frame.ts', frames());
write('committing', 'The committing AEAD: committing.ts', committing());
write('box', 'Sealed boxes: sealing.ts', await boxes());
write('local', 'Values on the own disk: local.ts', await locals());
write('blob', 'Blobs: blob.ts. The file is pattern(length) of case.ts', await blobs());
write('slot', 'The pieces of a password slot: Argon2id, then the committing AEAD', await slotPieces());
write('bech32m', 'Addresses as text: bech32m.ts', addresses());
write('padding', 'Padding: padding.ts', paddings());
write('padme', 'Size classes: padmeLength of padding.ts', classes());
write('signature', 'The Ed25519 rule: ed25519.ts', signatures());
write('relay', 'What app and relay say: protocol/relay.ts', messages());
write('keys-decoding', 'The byte formats of keys/', await decoding());
write('keys-derivation', 'What follows from what in keys/', await derivations());
write('keys-chain', 'Account chains and who speaks for the account: open-chain.ts', await histories());
write('keys-slot', 'Password slots: slot.ts', await slots());
write('keys-passkey', 'Passkeys as a device keeps them: passkey.ts, slot.ts', passkeys());
write('record-bodies', 'What stands in frames and grants: bodies.ts, folded.ts, grant.ts', bodies());
write('record-frames', 'What frames say: frames.ts', await recordFrames());
write('record-snapshots', 'What snapshots say: snapshot.ts', await snapshots());
write('authority', 'What the authority states: attestation.ts', await statements());
write('authority-calls', 'What callers of the authority sign, and what it states of children: callers.ts, child-record.ts', await calls());
write('guardians-decoding', 'What two guardians say to each other: link/messages.ts, link/invitation.ts', guardianDecoding());
write('guardians-derivation', 'What follows from the code of a guardian: link/purpose.ts', await guardianDerivations());
