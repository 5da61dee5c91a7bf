export const fr = {
  trusted: 'Personne de confiance',
  trustedText:
    'Elle parle en votre nom si vous ne le pouvez plus, et sa parole passe avant celle des autres proches. Désignez-la aussi par un écrit que vous signez tous les deux : la noter ici ne le remplace pas.',
  trustedAdd: 'Ajouter ma personne de confiance',
  trustedOne:
    'Une seule est possible. Pour en désigner une autre, ouvrez celle-ci, puis modifiez-la ou supprimez-la.',
  emergency: "Contacts d'urgence",
  emergencyText: "Qui prévenir s'il vous arrive quelque chose.",
  emergencyAdd: "Ajouter un contact d'urgence",
  carer: 'Proches aidants',
  carerText: 'Qui vous aide au quotidien.',
  carerAdd: 'Ajouter un proche aidant',
  caredFor: 'Proches aidés',
  caredForText: 'Qui vous aidez au quotidien.',
  caredForAdd: 'Ajouter un proche aidé',
  whoTitle: "En cas d'urgence, qui voit ces contacts ?",
  whoThere:
    "Mon espace santé communique ces contacts aux établissements de santé en cas d'urgence. Carnet ne le peut pas : ils ne sont lisibles que sur vos appareils, et ni l'hôpital, ni le SAMU, ni nous ne pouvons les ouvrir à distance.",
  whoToday:
    "Aujourd'hui, un établissement ne les lit que si vous les lui montrez sur un appareil que vous avez déverrouillé, ou s'il a en main un exemplaire imprimé. Gardez-en un sur vous, donnez-en un à votre personne de confiance, et dites à vos contacts qu'ils le sont.",
  whoLater:
    "L'accès en cas d'urgence n'existe pas encore dans Carnet. Quand il existera, il sera fermé tant que vous ne l'aurez pas ouvert.",
  wishes: 'Mes volontés',
  directives: 'Mes directives anticipées',
  directivesNone: "Rien d'écrit pour l'instant",
  directivesDraft: "Un brouillon est enregistré, rien n'est validé",
  directivesInForce: 'En vigueur, écrites le {date}',
  directivesRevoked: 'Annulées le {date}',
  directivesAdd: 'Ajouter des directives',
  directivesAddText: 'Ce que vous voulez, et ne voulez pas, si vous ne pouvez plus le dire.',
  directivesMore: 'En savoir plus sur les directives anticipées',
  organs: 'Ma position : {position}',
  organsMore: "En savoir plus sur le don d'organes et de tissus",
} as const;
