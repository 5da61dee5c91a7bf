export const fr = {
  link: 'Relier cet appareil',
  title: 'Ouvrir mon carnet',
  lead: 'Votre mot de passe ne quitte pas cet appareil.',
  leadIdle: "Votre carnet s'est verrouillé tout seul. Rien n'est perdu.",
  leadLeft:
    "L'onglet où vous aviez ouvert votre carnet s'est fermé, et lui seul en avait la clé. Ce que vous écriviez ici vous attend.",
  identifiant: 'Identifiant',
  password: 'Mot de passe',
  submit: 'Se connecter',
  busy: 'Ouverture…',
  forgot: 'Identifiant ou mot de passe oublié ?',
  forgotIdentifiant:
    'Votre identifiant est écrit sur votre clé de secours. Chaque appareil où votre carnet est ouvert montre le sien dans Paramètres.',
  forgotPassword:
    'Personne ne peut remettre à zéro votre mot de passe, pas même nous. Un autre appareil où votre carnet est ouvert peut relier celui-ci, avec un nouveau mot de passe. Votre clé de secours le peut aussi.',
  kit: 'Utiliser ma clé de secours',
  identifiantMissing: 'Écrivez votre identifiant.',
  passwordMissing: 'Écrivez votre mot de passe.',
} as const;
