export const fr = {
  home: 'Accueil',
  profile: 'Profil',
  documents: 'Documents',
  messages: 'Messages',
  share: 'Partage',
  mainNav: 'Navigation principale',
  myMenu: 'Mon profil et mes paramètres : {name}',
  settings: 'Paramètres',
  devices: 'Mes appareils',
  recordOf: 'Carnet de {name}',
  toOwn: 'Revenir à mon carnet',
  lockNow: 'Verrouiller',
  syncTitle: 'Où en est mon carnet',
  syncOpen: 'État de la synchronisation : {state}',
  onDevice: 'Enregistré sur cet appareil',
  sent: 'Envoyé',
  received: { one: 'Reçu par {count} appareil', other: 'Reçu par {count} appareils' },
  sending: 'Envoi en cours',
  offline: 'Hors ligne',
  problem: 'À vérifier',
  revoked: 'Retiré du carnet',
  explainOnDevice:
    'Votre dernière modification est enregistrée, chiffrée, sur cet appareil. Elle partira vers vos autres appareils dès que possible.',
  explainSent:
    "Votre dernière modification est enregistrée sur cet appareil et déposée, chiffrée, sur le relais. Vos autres appareils la recevront dès qu'ils seront ouverts.",
  explainReceived: 'Votre dernière modification est enregistrée ici et sur vos autres appareils.',
  explainOffline:
    'Vous pouvez tout lire et tout modifier sans réseau. Vos modifications restent ici et partiront au retour du réseau.',
  explainSending: 'Cet appareil envoie vos modifications, chiffrées, au relais.',
  explainProblem:
    'Vos modifications sont enregistrées sur cet appareil, mais le relais ne répond pas comme il devrait.',
  unsent: {
    one: "{count} modification attend d'être envoyée.",
    other: "{count} modifications attendent d'être envoyées.",
  },
  nothingUnsent: "Rien n'attend d'être envoyé.",
  problemRelayFull:
    "Le relais n'a plus de place pour votre carnet. Tout reste enregistré ici. Supprimez des documents devenus inutiles, ou gardez une copie.",
  problemRelayRefuses:
    'Le relais refuse vos modifications. Tout reste enregistré ici. Réessayez plus tard ; si cela dure, gardez une copie de votre dossier.',
  problemStorageFull:
    "Cet appareil n'a plus de place. Ce qui est déjà écrit est conservé, mais rien de nouveau ne peut être enregistré. Libérez de la place, ou gardez une copie.",
  problemReadOnly:
    'Une version plus récente de Carnet est ouverte dans un autre onglet. Ici, vous pouvez lire mais pas modifier. Fermez cet onglet ou rechargez-le.',
  problemRevoked:
    "Cet appareil a été retiré du carnet : il n'envoie plus rien et ne reçoit plus rien de nouveau. Ce qu'il avait déjà reçu reste lisible ici, mais rien ne peut plus y être modifié.",
  notDurable:
    "Ce navigateur n'a pas promis de garder vos données si la place vient à manquer. Reliez un second appareil, ou installez Carnet sur cet appareil.",
  updateTitle: 'Une nouvelle version de Carnet est prête',
  updateText:
    'Elle sera en place au prochain démarrage. Vous pouvez aussi la prendre maintenant : il faudra redonner votre mot de passe.',
  updateNow: 'Mettre à jour maintenant',
  updateLater: 'Plus tard',
  lateTitle: 'Carnet ne démarre pas',
  lateText:
    "La partie de Carnet qui ouvre votre dossier ne répond pas encore. Rien n'est perdu. Attendez un peu ; si rien ne vient, fermez les autres onglets de Carnet et rechargez cette page.",
  closedTitle: 'Carnet ne peut rien garder ici',
  closedText:
    "Le navigateur ne donne pas accès à son espace de stockage. Ce qui y était déjà n'a pas été touché. Quittez la navigation privée s'il y a lieu, libérez de la place, puis rechargez la page.",
  newerTitle: 'Cette page est trop ancienne',
  newerText:
    "Une version plus récente de Carnet a déjà été utilisée sur cet appareil. Rien n'est perdu. Fermez les autres onglets de Carnet, puis rechargez cette page pour prendre la version récente.",
  unsupportedTitle: 'Ce navigateur ne convient pas',
  unsupportedText:
    "Carnet chiffre votre dossier sur votre appareil. Il a besoin pour cela de fonctions que ce navigateur n'offre pas, ou qu'il a désactivées. Rien n'a été enregistré et rien n'est perdu.",
  unsupportedMissing: 'Ce qui manque ici',
  unsupportedTodo: 'Que faire',
  unsupportedTodo1: 'Ouvrez Carnet dans une version récente de Firefox, Chrome, Edge ou Safari.',
  unsupportedTodo2: 'Quittez la navigation privée : elle efface tout à la fermeture.',
  unsupportedTodo3: "Vérifiez que l'adresse commence par https://.",
  missingSecureContext: 'Une connexion sûre (https)',
  missingSubtle: 'Le chiffrement du navigateur (WebCrypto)',
  missingIndexedDB: 'Un espace de stockage (IndexedDB)',
  missingWorker: 'Le travail en arrière-plan (Web Workers)',
  missingLocks: 'La coordination entre onglets (Web Locks)',
  missingBroadcast: 'La communication entre onglets (BroadcastChannel)',
  missingWebAssembly: 'WebAssembly',
  missingOther: 'Une fonction nécessaire ({name})',
  noticeRollback:
    'Le relais a présenté une version de votre dossier plus ancienne que celle de cet appareil. Elle a été ignorée.',
  noticeGap:
    'Il manque une modification dans ce que le relais a transmis. La suite a été mise de côté en attendant.',
  noticeFork:
    'Un de vos appareils a écrit deux histoires différentes. Les deux ont été conservées ; vérifiez vos dernières modifications.',
  noticeDuplicateDevice:
    "Un de vos appareils semble exister en double, par exemple après une restauration. Révoquez-le s'il n'est plus à vous.",
  noticeKeySubstituted: "Le relais a présenté une clé qui n'est pas celle attendue. Elle a été refusée.",
  noticeFrameRefused: "Un élément reçu n'était pas signé par un de vos appareils. Il a été refusé.",
  noticeSnapshotRefused:
    'Un résumé de votre dossier ne correspondait pas à ce que cet appareil a vérifié. Il a été refusé.',
  noticeNewDevice: "Un appareil a été relié à votre carnet. Si ce n'est pas vous, révoquez-le.",
  noticeNewGuardian: "Un second représentant légal tient maintenant ce carnet d'enfant avec vous.",
  noticeGuardianDevice: "L'autre représentant légal a relié un appareil de plus au carnet de votre enfant.",
  noticeDeviceRevoked: 'Un appareil a été révoqué. Il ne reçoit plus rien de nouveau.',
  noticeKitReplaced:
    "Une nouvelle clé de secours a été faite sur un autre appareil : l'ancienne n'ouvre plus rien. Si ce n'est pas vous, révoquez cet appareil.",
  noticeWordsLost: {
    one: "{count} changement que cet appareil n'avait pas encore envoyé n'a pas pu être relu : il est perdu.",
    many: "{count} de changements que cet appareil n'avait pas encore envoyés n'ont pas pu être relus : ils sont perdus.",
    other:
      "{count} changements que cet appareil n'avait pas encore envoyés n'ont pas pu être relus : ils sont perdus.",
  },
  noticeLateWords:
    'Un appareil révoqué a écrit ce que vos autres appareils n’avaient pas vu à temps. Regardez si c’est de vous.',
  noticeSettle: 'Regarder',
  noticeSeen: "J'ai compris",
  noticeDevices: 'Voir mes appareils',
} as const;
