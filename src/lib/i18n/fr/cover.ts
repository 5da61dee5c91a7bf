export const fr = {
  motto: "Le carnet que l'on garde toute une vie.",
  languageSwitch: 'Read in English',
} as const;
