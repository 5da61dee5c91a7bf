export const fr = {
  title: 'Votre carnet de santé, lisible par vous seul',
  lead: 'Vos allergies, vos ordonnances, vos résultats, au même endroit, pour toute la vie.',
  activate: 'Activer mon espace santé',
  first: 'Première fois ici ?',
  back: 'Vous avez déjà un carnet ?',
  link: 'Relier cet appareil',
  linkText: 'Un autre de vos appareils lui transmet votre carnet.',
  kit: 'Utiliser ma clé de secours',
  kitText: 'Les 24 mots, ou le code QR, que vous avez gardés sur papier.',
  wasHere: 'Un carnet était ici',
  wasHereLead:
    "Ce navigateur ne l'a plus. Il l'efface parfois pour faire de la place, ou quand on vide ses données. Ce qui avait été envoyé n'est pas perdu : voici comment le retrouver.",
  newOne: 'Ou commencer un nouveau carnet',
  forgotten: 'Cet appareil a oublié le carnet',
  forgottenDocuments: {
    one: 'Ses clés sont détruites, avec {count} document et tout ce qui était écrit. Plus rien ici ne peut les rouvrir.',
    many: 'Ses clés sont détruites, avec {count} de documents et tout ce qui était écrit. Plus rien ici ne peut les rouvrir.',
    other:
      'Ses clés sont détruites, avec {count} documents et tout ce qui était écrit. Plus rien ici ne peut les rouvrir.',
  },
  forgottenAll: 'Ses clés sont détruites, avec tout ce qui était écrit. Plus rien ici ne peut le rouvrir.',
  forgottenLost: {
    one: "{count} changement n'avait pas été envoyé : il est perdu.",
    many: "{count} de changements n'avaient pas été envoyés : ils sont perdus.",
    other: "{count} changements n'avaient pas été envoyés : ils sont perdus.",
  },
  forgottenRest:
    "Le navigateur n'a pas encore effacé ce qui reste, que plus aucune clé n'ouvre. Fermez tous les onglets de Carnet, ou effacez les données de ce site.",
  other: 'Un autre carnet sur cet appareil',
  otherLead:
    "Chaque carnet a sa propre serrure. Celui qui est verrouillé ici reste comme il est, et personne ne voit celui de l'autre.",
  otherHow: "Ensuite, votre identifiant et votre mot de passe suffisent : c'est votre carnet qui s'ouvre.",
  fact1: 'Sur vos appareils',
  fact1Text: "Votre carnet est rangé ici, chiffré. Il s'ouvre même sans réseau.",
  fact2: 'Pour vous seul',
  fact2Text: "Nous transportons votre carnet d'un appareil à l'autre sans pouvoir le lire.",
  fact3: 'Sous votre garde',
  fact3Text:
    'Personne ne peut vous rendre un mot de passe oublié, pas même nous. Une clé de secours, sur papier, rouvre votre carnet si tout le reste est perdu.',
} as const;
