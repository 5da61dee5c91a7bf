/**
 * How much of the same a test does. `npm test` does enough of it to notice what would go wrong; `npm run thorough`
 * (THOROUGH=1) does as much as the requirements name.
 */
export const thorough = process.env['THOROUGH'] === '1';

/** How often here: `few` in every run, `many` in the thorough one. */
export function times(few: number, many: number): number {
  return thorough ? many : few;
}
