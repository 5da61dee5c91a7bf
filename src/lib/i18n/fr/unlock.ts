export const fr = {
  title: 'Ouvrir mon carnet',
  lead: 'Votre mot de passe ne quitte pas cet appareil.',
  leadIdle: "Votre carnet s'est verrouillé tout seul. Rien n'est perdu.",
  leadLeft:
    "L'onglet où vous aviez ouvert votre carnet s'est fermé, et lui seul en avait la clé. Ce que vous écriviez ici vous attend.",
  identifiant: 'Identifiant',
  password: 'Mot de passe',
  submit: 'Se connecter',
  busy: 'Ouverture…',
  identifiantMissing: 'Écrivez votre identifiant.',
  passwordMissing: 'Écrivez votre mot de passe.',
} as const;
