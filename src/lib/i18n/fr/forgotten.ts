export const fr = {
  title: 'Identifiant ou mot de passe oublié ?',
  identifiant:
    'Votre identifiant est écrit sur votre clé de secours. Chaque appareil où votre carnet est ouvert montre le sien dans Paramètres.',
  password:
    'Personne ne peut remettre à zéro votre mot de passe, pas même nous. Un autre appareil où votre carnet est ouvert peut relier celui-ci, avec un nouveau mot de passe.',
  link: 'Relier cet appareil',
  kitText:
    "Votre clé de secours, la feuille aux 24 mots, remplace le mot de passe de cet appareil : vous en choisissez un nouveau, et votre carnet revient du relais. Ce que cet appareil était seul à avoir est repris, autant que la clé peut l'ouvrir.",
  kit: 'Ma clé de secours',
} as const;
