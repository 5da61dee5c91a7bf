/**
 * The serial number printed on a carte Vitale (ACT-06, ACT-08). The newer card, with a photo, prints `8025000002` and
 * then the 11 digits that are asked for; the older one prints 8 to 13 digits.
 */
import { typedNumber } from '#lib/text/typed.ts';

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
  const typed = typedNumber(text);
  if (typed === '') return { ok: false, problem: 'empty' };
  if (!/^\d+$/.test(typed)) return { ok: false, problem: 'characters' };
  const serial = type === 'with-photo' ? withoutPrefix(typed) : typed;
  const [least, most] = SERIAL_LENGTHS[type];
  return serial.length >= least && serial.length <= most
    ? { ok: true, serial }
    : { ok: false, problem: 'length' };
}

/** How many digits there are so far. */
export function serialLength(text: string): number {
  return typedNumber(text).length;
}

/** 8 to 13 digits, or null. A card with photo may be typed whole: its 21 digits mean the last eleven. */
export function normaliseSerial(text: string): string | null {
  const serial = withoutPrefix(typedNumber(text));
  return /^\d{8,13}$/.test(serial) ? serial : null;
}

function withoutPrefix(digits: string): string {
  const isWhole = digits.length === PRINTED_PREFIX.length + PHOTO_DIGITS && digits.startsWith(PRINTED_PREFIX);
  return isWhole ? digits.slice(PRINTED_PREFIX.length) : digits;
}
