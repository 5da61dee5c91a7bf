export const fr = {
  label: 'Chercher dans mon profil',
  found: {
    one: '{count} résultat',
    many: '{count} de résultats',
    other: '{count} résultats',
  },
  none: 'Rien ne correspond à « {query} ».',
  noneHint: 'Essayez un autre mot, ou seulement son début.',
  more: 'Les {shown} premiers sur {count} sont montrés. Ajoutez un mot pour en voir moins.',
  places: 'Rubriques',
  documents: 'Documents',
} as const;
