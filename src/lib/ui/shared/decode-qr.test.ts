import encodeQR from 'qr';
import { describe, expect, test } from 'vitest';
import { decodeQr } from './decode-qr.ts';

/** A photograph of a code: dark on light, so many pixels a module, somewhere in a larger picture. */
function photograph(text: string, scale = 4, margin = 24) {
  const modules = encodeQR(text, 'raw', { border: 4 });
  const side = modules.length * scale + 2 * margin;
  const data = new Uint8ClampedArray(side * side * 4).fill(235);
  modules.forEach((row, y) =>
    row.forEach((dark, x) => {
      for (let dy = 0; dy < scale; dy++)
        for (let dx = 0; dx < scale; dx++) {
          const at = ((margin + y * scale + dy) * side + margin + x * scale + dx) * 4;
          data.fill(dark ? 20 : 240, at, at + 3);
          data[at + 3] = 255;
        }
    }),
  );
  return { width: side, height: side, data };
}

/** The same picture after a quarter turn. */
function turned({ width, height, data }: ReturnType<typeof photograph>) {
  const to = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      to.set(data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4), (x * height + height - 1 - y) * 4);
  return { width: height, height: width, data: to };
}

describe('a QR code in a picture', () => {
  test.each(['7K3M9QWXRT2VN4HP', 'CARNET1:é', 'x'.repeat(400)])('is read: %.20s', (text) => {
    expect(decodeQr(photograph(text))).toBe(text);
  });

  test('is read when the picture lies on its side', () => {
    expect(decodeQr(turned(photograph('7K3M9QWXRT2VN4HP')))).toBe('7K3M9QWXRT2VN4HP');
  });

  test('nothing is read from a picture without one, from an empty one, and from one that is cut', () => {
    expect(
      decodeQr({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(200) }),
    ).toBeNull();
    expect(decodeQr({ width: 0, height: 0, data: new Uint8ClampedArray(0) })).toBeNull();
    const whole = photograph('7K3M9QWXRT2VN4HP');
    const half = Math.floor(whole.height / 2);
    expect(
      decodeQr({ ...whole, height: half, data: whole.data.slice(0, whole.width * half * 4) }),
    ).toBeNull();
  });
});
