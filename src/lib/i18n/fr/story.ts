export const fr = {
  title: 'Mon histoire de santé',
  lead: 'Tout ce qui a une date, du plus récent au plus ancien.',
  emptyTitle: 'Votre histoire commence ici',
  emptyText:
    "Chaque maladie, traitement, vaccination ou document que vous datez prend sa place sur cette page. Rien n'y est à écrire deux fois.",
  emptyAction: 'Compléter mon profil médical',
  kind: 'Type',
  kindAll: 'Tout',
  year: 'Année',
  yearAll: 'Toutes',
  search: 'Chercher',
  found: { one: '{count} moment', many: '{count} de moments', other: '{count} moments' },
  more: 'Afficher la suite',
  none: 'Rien ne correspond à cette recherche.',
  started: '{section} · début',
  ended: '{section} · fin',
  documents: 'Documents',
} as const;
