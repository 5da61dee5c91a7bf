/** The fonts that papers are written in, as the app's files have them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../node_modules/dejavu-fonts-ttf/ttf');

export const fonts = {
  plain: readFileSync(join(FOLDER, 'DejaVuSans.ttf')),
  bold: readFileSync(join(FOLDER, 'DejaVuSans-Bold.ttf')),
  others: () =>
    Promise.resolve(
      ['DejaVuSerif.ttf', 'DejaVuMathTeXGyre.ttf'].map((name) => readFileSync(join(FOLDER, name))),
    ),
};
