/**
 * What a person types, made storable: one Unicode form, no invisible controls, no blank edges.
 *
 * Direction overrides are dropped because they let a name be shown as something else ("ordonnance‮fdp.exe").
 */

// eslint-disable-next-line no-control-regex -- removing them is the purpose
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** One line: NFC, spaces collapsed. */
export function cleanLine(text: string): string {
  return text.normalize('NFC').replace(CONTROLS, '').replace(/\s+/g, ' ').trim();
}

/** Several lines: NFC, line breaks kept as \n, at most one empty line in a row. */
export function cleanLines(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Lower case without accents, for comparing what was typed with what is meant. */
export function fold(text: string): string {
  return text.toLowerCase().replace(/œ/g, 'oe').replace(/æ/g, 'ae').normalize('NFD').replace(/\p{M}/gu, '');
}
