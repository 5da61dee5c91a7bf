export const fr = {
  missing:
    'Le PDF est téléchargé, mais ses polices n’ont pas tous les signes de votre carnet. Un ▯ y tient la place de : {signs}.',
  title: 'Des signes manquent dans le PDF',
  paper:
    'Le signe ▯ tient la place d’un caractère que ce document ne peut pas dessiner. Il se lit dans le carnet de la personne.',
} as const;
