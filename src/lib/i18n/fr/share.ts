export const fr = {
  title: 'Partage',
  lead: "Qui peut lire votre carnet : aujourd'hui, vos appareils, qui a votre clé de secours, et personne d'autre.",
  professionals: 'Professionnels de santé',
  professionalsText: "Vous choisirez qui peut lire, et jusqu'à quand.",
  guardian: 'Second représentant légal',
  guardianText: "Pour le carnet d'un enfant.",
  emergency: "Accès en cas d'urgence",
  emergencyText: "Fermé, tant que vous ne l'ouvrez pas.",
  nowTitle: "Ouvert aujourd'hui",
  laterTitle: 'À venir',
} as const;
