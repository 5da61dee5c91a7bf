/** How many words a recovery kit has. Apart from their list, which a page loads only where words are typed. */
export const KIT_LENGTH = 24;
