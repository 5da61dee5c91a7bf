export const fr = {
  link: 'Relier cet appareil',
  title: 'Ouvrir mon carnet',
  lead: 'Votre mot de passe ne quitte pas cet appareil.',
  leadIdle: "Votre carnet s'est verrouillé tout seul. Rien n'est perdu.",
  identifiant: 'Identifiant',
  password: 'Mot de passe',
  submit: 'Se connecter',
  busy: 'Ouverture…',
  forgot: 'Identifiant ou mot de passe oublié ?',
  forgotIdentifiant:
    'Votre identifiant est écrit sur votre clé de secours. Il est aussi visible sur vos autres appareils, dans Paramètres.',
  forgotPassword:
    'Personne ne peut remettre à zéro votre mot de passe, pas même nous. Un autre appareil déjà ouvert peut relier celui-ci. La reprise par la clé de secours arrive bientôt : gardez-la précieusement.',
  identifiantMissing: 'Écrivez votre identifiant.',
  passwordMissing: 'Écrivez votre mot de passe.',
} as const;
