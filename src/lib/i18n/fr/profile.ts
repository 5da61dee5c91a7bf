export const fr = {
  title: 'Profil médical',
  lead: "Ce que vous voulez que l'on sache de votre santé, avec vos mots.",
  empty: 'Rien de noté',
  none: 'Non concerné, déclaré le {date}',
  entries: { one: '{count} élément', many: "{count} d'éléments", other: '{count} éléments' },
  changed: 'modifié le {date}',
  soonText:
    "Les rubriques marquées « Bientôt » ouvriront au fil des mises à jour. Rien n'y est enregistré pour l'instant.",
  prevention: 'Examens et dépistages',
  preventionLine: 'Les repères de votre âge, et ce qui est fait',
  exchange: 'Exporter ou importer',
  exchangeLine: 'Au format FHIR, pour un soignant ou un autre logiciel',
} as const;
