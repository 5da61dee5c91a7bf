export const fr = {
  title: 'Partage',
  lead: "Qui peut lire votre carnet : aujourd'hui, vos appareils, qui a votre clé de secours, et personne d'autre.",
  leadChild:
    "Qui peut lire ce carnet : les représentants légaux qui le tiennent, sur leurs appareils, et personne d'autre.",
  professionals: 'Professionnels de santé',
  professionalsText: "Vous choisirez qui peut lire, et jusqu'à quand.",
  emergency: "Accès en cas d'urgence",
  emergencyText: "Fermé, tant que vous ne l'ouvrez pas.",
  nowTitle: "Ouvert aujourd'hui",
  laterTitle: 'À venir',
} as const;
