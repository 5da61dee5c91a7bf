export const fr = {
  title: 'Votre carnet de santé, lisible par vous seul',
  lead: 'Vos allergies, vos ordonnances, vos résultats, au même endroit, pour toute la vie.',
  activate: 'Activer mon espace santé',
  already: "J'ai déjà un carnet",
  link: 'Relier cet appareil',
  linkText: 'Un de mes appareils a encore mon carnet.',
  kit: 'Ma clé de secours',
  kitText: "Je n'ai plus que la feuille aux 24 mots.",
  fact1: 'Sur vos appareils',
  fact1Text: "Votre carnet est rangé ici, chiffré. Il s'ouvre même sans réseau.",
  fact2: 'Pour vous seul',
  fact2Text: "Nous transportons votre carnet d'un appareil à l'autre sans pouvoir le lire.",
  fact3: 'Sous votre garde',
  fact3Text:
    'Personne ne peut vous rendre un mot de passe oublié, pas même nous. Une clé de secours, sur papier, rouvre votre carnet si tout le reste est perdu.',
} as const;
