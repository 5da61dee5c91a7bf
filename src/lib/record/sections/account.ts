/**
 * The account space: what a person's own devices tell each other. Same entries as the record, never shown as health data.
 *
 * `identity` and `opening` are the two sections that stand in the record space: whose record this is, and how it came about.
 */
import type { SectionDefinition } from '../section.ts';

/** The id of the one entry of a section that has exactly one: 16 zero bytes. */
export const SINGLE_ENTRY = 'AAAAAAAAAAAAAAAAAAAAAA';

export const DEVICE_NAME_MAX = 60;

export const SPACE_KINDS = ['account', 'record', 'extract', 'practice'] as const;

/** The spaces this account knows, one entry each. */
export const spaces = {
  id: 'spaces',
  fhir: null,
  fields: [
    { name: 'space', kind: 'bytes', required: true, length: 32 },
    { name: 'kind', kind: 'choice', required: true, values: SPACE_KINDS },
    { name: 'owner', kind: 'text', required: true, max: 120 }, // the owner's address
  ],
} as const satisfies SectionDefinition;

/** The key of one epoch of one space. */
export const epochKeys = {
  id: 'epoch-keys',
  fhir: null,
  fields: [
    { name: 'space', kind: 'bytes', required: true, length: 32 },
    { name: 'epoch', kind: 'number', required: true, integer: true, min: 0, max: 0xffffffff },
    { name: 'key', kind: 'bytes', required: true, length: 32 },
  ],
} as const satisfies SectionDefinition;

/**
 * What a device is called, and when it was made to forget the account; whether it belongs to it stands in the account chain
 * alone.
 */
export const devices = {
  id: 'devices',
  fhir: null,
  fields: [
    { name: 'device', kind: 'bytes', required: true, length: 32 },
    { name: 'name', kind: 'text', required: true, max: DEVICE_NAME_MAX },
    { name: 'leftAt', kind: 'number', integer: true, min: 0, max: 2 ** 48 - 1 },
  ],
} as const satisfies SectionDefinition;

/** Where the relay keeps what a recovery kit opens, and what stands there. One entry for each kit. */
export const kitPlace = {
  id: 'kit-place',
  fhir: null,
  fields: [
    { name: 'space', kind: 'bytes', required: true, length: 32 },
    { name: 'read', kind: 'bytes', required: true, length: 32 },
    { name: 'write', kind: 'bytes', required: true, length: 32 },
    { name: 'deleteKey', kind: 'bytes', required: true, length: 32 },
    { name: 'frame', kind: 'text', required: true, max: 100_000 }, // base64url
  ],
} as const satisfies SectionDefinition;

/** The authority that attested this account. Of another one's word nothing follows. One entry, `SINGLE_ENTRY`. */
export const authority = {
  id: 'authority',
  fhir: null,
  fields: [{ name: 'key', kind: 'bytes', required: true, length: 32 }],
} as const satisfies SectionDefinition;

/**
 * Records that are being opened: founded, and not yet attested. The entry's id is the authority's handle of the child, so that a
 * child whose opening broke off gets no second record from this account.
 */
export const openings = {
  id: 'openings',
  fhir: null,
  fields: [{ name: 'space', kind: 'bytes', required: true, length: 32 }],
} as const satisfies SectionDefinition;

/** Account-wide settings, one entry each, so that two of them never conflict. */
export const settings = {
  id: 'settings',
  fhir: null,
  fields: [
    { name: 'name', kind: 'text', required: true, max: 60 },
    { name: 'value', kind: 'text', max: 4000 },
  ],
} as const satisfies SectionDefinition;

export const SEXES = ['female', 'male'] as const;

/**
 * How a child's record came about: who said that they are the child's legal representative, when, and the authority's statement
 * (protocol/child-record.ts) with the salt that opens its commitment. Without a statement the record is not attested. One entry,
 * `SINGLE_ENTRY`.
 */
export const opening = {
  id: 'opening',
  fhir: null,
  fields: [
    { name: 'guardian', kind: 'text', required: true, max: 120 }, // an address
    { name: 'certifiedAt', kind: 'number', required: true, integer: true, min: 0, max: 2 ** 48 - 1 },
    { name: 'statement', kind: 'bytes', length: 170 },
    { name: 'salt', kind: 'bytes', length: 32 },
  ],
} as const satisfies SectionDefinition;

/** Whose record this is, from the enrolment file. One entry, `SINGLE_ENTRY`. */
export const identity = {
  id: 'identity',
  fhir: 'Patient',
  fields: [
    { name: 'firstName', kind: 'text', required: true, max: 100 },
    { name: 'lastName', kind: 'text', required: true, max: 100 },
    { name: 'birthDate', kind: 'date', required: true },
    { name: 'sex', kind: 'choice', values: SEXES }, // growth curves differ by it
    { name: 'nir', kind: 'text', max: 15 },
    { name: 'email', kind: 'text', max: 254 },
    { name: 'phone', kind: 'text', max: 30 },
  ],
} as const satisfies SectionDefinition;
