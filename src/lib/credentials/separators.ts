/** Without what people put between the groups of a number or a code: spaces, dots, dashes of any length, slashes. */
export function withoutSeparators(text: string): string {
  return text.replace(/[\s.\u2010-\u2015\-_/]/g, '');
}
