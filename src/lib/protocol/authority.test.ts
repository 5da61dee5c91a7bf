import { describe, expect, test } from 'vitest';
import { addressOfBundle } from './attestation.ts';
import {
  activationMessage,
  ActivationRequest,
  decodeBody,
  decodeEnrolmentFile,
  encodeBody,
  encodeEnrolmentFile,
  EnrolmentRequest,
  NewCodeRequest,
} from './authority.ts';

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const address = addressOfBundle(filled(9, 1), () => filled(32, 3));
const file = {
  firstName: 'Camille',
  lastName: 'Moreau',
  birthDate: '1986-05-14',
  nir: '286056912304562',
  email: null,
  phone: '+33639980101',
  children: [{ firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' }],
  identitySalt: filled(32, 1),
  authorityKey: filled(32, 2),
};

describe('a request', () => {
  test('travels as JSON and arrives as bytes', () => {
    const enrolment = { codeId: filled(16, 1), lookup: filled(32, 2) };
    expect(decodeBody(EnrolmentRequest, JSON.parse(encodeBody(enrolment)))).toEqual(enrolment);
    const activation = {
      codeId: filled(16, 1),
      lookup: filled(32, 2),
      address,
      genesis: filled(2530, 4),
      signature: filled(64, 5),
    };
    expect(decodeBody(ActivationRequest, JSON.parse(encodeBody(activation)))).toEqual(activation);
  });

  test('with bytes of another length, in another alphabet, of another type, or with more in it, is malformed', () => {
    const good = { codeId: filled(16, 1), lookup: filled(32, 2) };
    for (const change of [
      { lookup: filled(31, 2) },
      { lookup: filled(33, 2) },
      { codeId: 'AAAAAAAAAAAAAAAAAAAAA+' },
      { codeId: 'AAAAAAAAAAAAAAAAAAAAAB' },
      { lookup: 7 },
      { lookup: null },
      { more: 1 },
    ])
      expect(decodeBody(EnrolmentRequest, JSON.parse(encodeBody({ ...good, ...change })))).toBeNull();
    for (const json of [null, [], 'text', 1, {}]) expect(decodeBody(EnrolmentRequest, json)).toBeNull();
  });

  test('for an address that is none is malformed', () => {
    const good = {
      codeId: filled(16, 1),
      lookup: filled(32, 2),
      address,
      genesis: filled(2530, 4),
      signature: filled(64, 5),
    };
    for (const wrong of ['', `${address}q`, address.replace(/.$/, 'q'), 'carnet1'])
      expect(decodeBody(ActivationRequest, JSON.parse(encodeBody({ ...good, address: wrong })))).toBeNull();
    expect(() => activationMessage(filled(32, 1), 'carnet1')).toThrow(RangeError);
  });

  test('ACT-10: for a new code names both numbers, as they were typed', () => {
    expect(
      decodeBody(NewCodeRequest, { nir: '2 86 05 69 123 045 62', serial: '802500000248210937561' }),
    ).toEqual({
      nir: '286056912304562',
      serial: '48210937561',
    });
    expect(decodeBody(NewCodeRequest, { nir: '286056912304562' })).toBeNull();
    expect(decodeBody(NewCodeRequest, { serial: '48210937561' })).toBeNull();
  });
});

describe('the enrolment file', () => {
  test('comes back as it went', () => {
    expect(decodeEnrolmentFile(encodeEnrolmentFile(file))).toEqual(file);
  });

  test('has the same length with no child and with five', () => {
    const five = Array.from({ length: 5 }, () => file.children[0]!);
    expect(encodeEnrolmentFile({ ...file, children: five }).length).toBe(1024);
    expect(encodeEnrolmentFile({ ...file, children: [] }).length).toBe(1024);
  });

  test('that is damaged is none', () => {
    const bytes = encodeEnrolmentFile(file);
    expect(decodeEnrolmentFile(bytes.slice(0, 100))).toBeNull();
    expect(decodeEnrolmentFile(filled(4, 0xff))).toBeNull();
    expect(decodeEnrolmentFile(new TextEncoder().encode('{"firstName":"Camille"}'))).toBeNull();
  });
});
