/**
 * The serial number printed on a carte Vitale (ACT-06, ACT-08). The newer card, with a photo, prints `8025000002` and
 * then the 11 digits that are asked for; the older one prints 8 to 13 digits.
 */

export type VitaleType = 'with-photo' | 'without-photo';

export type SerialCheck =
  | { readonly ok: true; readonly serial: string }
  | { readonly ok: false; readonly problem: 'empty' | 'characters' | 'length' };

const PRINTED_PREFIX = '8025000002';
const PHOTO_DIGITS = 11;

/** How many digits are expected: for the hint and the error. */
const SERIAL_LENGTHS: Readonly<Record<VitaleType, readonly [number, number]>> = {
  'with-photo': [PHOTO_DIGITS, PHOTO_DIGITS],
  'without-photo': [8, 13],
};

export function checkVitaleSerial(type: VitaleType, text: string): SerialCheck {
  const typed = text.replace(/[\s.-]/g, '');
  if (typed === '') return { ok: false, problem: 'empty' };
  if (!/^\d+$/.test(typed)) return { ok: false, problem: 'characters' };
  const serial =
    type === 'with-photo' &&
    typed.length === PRINTED_PREFIX.length + PHOTO_DIGITS &&
    typed.startsWith(PRINTED_PREFIX)
      ? typed.slice(PRINTED_PREFIX.length)
      : typed;
  const [least, most] = SERIAL_LENGTHS[type];
  return serial.length >= least && serial.length <= most
    ? { ok: true, serial }
    : { ok: false, problem: 'length' };
}
