export const fr = {
  notFoundTitle: "Cette page n'existe pas",
  notFoundText:
    "L'adresse est peut-être incomplète. Rien n'est perdu : votre carnet est là où vous l'avez laissé.",
  notFoundAction: "Retour à l'accueil",
  crashTitle: "Quelque chose s'est mal passé",
  crashText: 'Ce que vous aviez validé est enregistré. Rechargez la page pour continuer.',
  reload: 'Recharger',
} as const;
