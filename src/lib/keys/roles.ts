/**
 * Who may do what in a space: one table. Which secrets of an epoch a role is given follows from it, so that what a role
 * may not do it also has no key for.
 */
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { EpochSecrets } from './epoch.ts';

/** What a space holds. The code is its byte in the genesis of a space. */
export const SPACE_KINDS = ['account', 'record', 'hidden', 'thread', 'inbox', 'log'] as const;
export type SpaceKind = (typeof SPACE_KINDS)[number];

/** The index is the byte that stands for the role in a roster. */
export const ROLES = ['owner', 'guardian', 'administrator', 'reader', 'depositor', 'participant'] as const;
export type Role = (typeof ROLES)[number];

/**
 * read: what the space holds · read-hidden: be a member of the hidden space beside it · write: the record · post: in a
 * thread · deposit: drop into an inbox · snapshot, delete: compact and erase · manage: members and their roles ·
 * rotate: new epochs
 */
const TABLE = {
  owner: ['read', 'read-hidden', 'write', 'post', 'deposit', 'snapshot', 'delete', 'manage', 'rotate'],
  // A guardian is an owner whom nobody removes (roster.ts).
  guardian: ['read', 'read-hidden', 'write', 'post', 'deposit', 'snapshot', 'delete', 'manage', 'rotate'],
  administrator: ['read', 'read-hidden'],
  reader: ['read'],
  depositor: ['deposit'],
  participant: ['read', 'post'],
} as const satisfies Record<Role, readonly string[]>;

export type Action = (typeof TABLE)['owner'][number];

export function may(role: Role, action: Action): boolean {
  return (TABLE[role] as readonly Action[]).includes(action);
}

/** What an update is, in a space of each kind. */
const UPDATING: Record<SpaceKind, Action> = {
  account: 'write',
  record: 'write',
  hidden: 'write',
  thread: 'post',
  inbox: 'deposit',
  log: 'write',
};

/** Whether a frame of this kind by a member of this role belongs into a space of this kind. */
export function mayAuthor(role: Role, space: SpaceKind, frame: FrameKind): boolean {
  switch (frame) {
    case 'update':
      return may(role, UPDATING[space]);
    case 'snapshot':
    case 'delete':
      return may(role, frame);
    // Every member says what it has seen, and takes itself off; the roster weighs the rest of what a control says.
    case 'heads':
    case 'control':
      return true;
  }
}

/**
 * The secrets a member of this role is given. A depositor needs the frame key to seal what it drops, so an inbox has
 * one depositor, who could read there its own deposits only.
 */
export function secretsFor(role: Role, secrets: EpochSecrets): EpochSecrets {
  const { write, delete: erase, ...readable } = secrets;
  const writes = may(role, 'write') || may(role, 'post') || may(role, 'deposit');
  return {
    ...readable,
    ...(writes && write && { write }),
    ...(may(role, 'delete') && erase && { delete: erase }),
  };
}
