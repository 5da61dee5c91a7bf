export const fr = {
  notFoundTitle: "Cette page n'existe pas",
  notFoundText:
    "L'adresse est peut-être incomplète. Rien n'est perdu : votre carnet est là où vous l'avez laissé.",
  notFoundAction: "Retour à l'accueil",
  crashTitle: "Quelque chose s'est mal passé",
  crashText: 'Ce que vous aviez validé est enregistré. Rechargez la page pour continuer.',
  lateTitle: 'Carnet ne démarre pas',
  lateText:
    "La partie de Carnet qui ouvre votre dossier ne répond pas encore. Rien n'est perdu. Attendez un peu ; si rien ne vient, fermez les autres onglets de Carnet et rechargez cette page.",
  closedTitle: 'Carnet ne peut rien garder ici',
  closedText:
    "Le navigateur ne donne pas accès à son espace de stockage. Ce qui y était déjà n'a pas été touché. Quittez la navigation privée s'il y a lieu, libérez de la place, puis rechargez la page.",
  newerTitle: 'Cette page est trop ancienne',
  newerText:
    "Une version plus récente de Carnet a déjà été utilisée sur cet appareil. Rien n'est perdu. Fermez les autres onglets de Carnet, puis rechargez cette page pour prendre la version récente.",
  reload: 'Recharger',
} as const;
