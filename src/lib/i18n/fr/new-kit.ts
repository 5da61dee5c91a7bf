export const fr = {
  title: 'Ma clé de secours',
  row: 'Ma clé de secours',
  rowText: 'La feuille qui rouvre tout le carnet',
  forTitle: 'À quoi elle sert',
  forText:
    "Ses 24 mots rouvrent votre carnet sur un appareil neuf, si tous les autres sont perdus ou si le mot de passe est oublié. Elle n'est que sur papier : aucun appareil ne la garde, et celui-ci ne peut pas vous la montrer.",
  whichTitle: 'Laquelle est la bonne',
  whichText:
    'Sa date est imprimée dessus : seule la plus récente ouvre quelque chose. Cet appareil ne sait pas quand elle a été faite.',
  seenTitle: "Si quelqu'un a pu la voir",
  seenText:
    "Qui a les 24 mots peut lire tout votre carnet. Faites-en une nouvelle : l'ancienne n'ouvrira plus rien. Il faut avoir l'ancienne sous la main.",
  lostTitle: 'Si vous l’avez perdue',
  lostText:
    'Un appareil seul ne peut pas faire de nouvelle clé : qui volerait votre téléphone pourrait sinon vous fermer votre carnet. Sans clé, gardez au moins deux appareils reliés et téléchargez vos données de temps en temps.',
  make: 'Faire une nouvelle clé de secours',
  makeElsewhere: 'Une nouvelle clé se fait sur un appareil qui fait partie du carnet.',
  wayTitle: "J'ai mon ancienne clé sous la main",
  wayLead:
    "Elle est demandée pour faire la nouvelle. Sous quelle forme l'avez-vous ? Tant que la nouvelle n'est pas confirmée, rien ne change.",
  asking: "L'ancienne clé est vérifiée…",
  kitTitle: 'Votre nouvelle clé de secours',
  kitLead:
    "Imprimez-la ou recopiez-la. Si vous quittez cette page avant de l'avoir confirmée, rien ne change : l'ancienne reste la bonne.",
  confirmLead:
    "Recopiez ces mots depuis la nouvelle clé. Les accents et les majuscules ne comptent pas. Ensuite, elle remplace l'ancienne.",
  unsureWhat: "Le relais n'a pas confirmé la nouvelle clé.",
  unsureKept: "Gardez les deux feuilles : l'une des deux ouvre votre carnet.",
  unsureTodo: 'Laissez Carnet ouvert avec du réseau, puis réessayez.',
  doneTitle: 'La nouvelle clé est la bonne',
  doneText: "L'ancienne n'ouvre plus rien à partir de maintenant.",
  doneDestroy:
    "Détruisez l'ancienne feuille, et les fichiers ou photos que vous en aviez faits. Ainsi, personne ne les confondra.",
  doneKeep: 'Rangez la nouvelle comme un acte de naissance.',
  doneBack: 'Retour aux paramètres',
} as const;
