export const fr = {
  mine: 'Ma position',
  mineNote:
    "La noter ici n'inscrit rien nulle part : ni le registre national des refus, ni un hôpital ne lisent votre carnet. Ce qui compte, c'est ce que vos proches savent, et le registre si vous refusez.",
  law1Title: 'En France, chacun est présumé donneur',
  law1: "Toute personne majeure est considérée comme donneuse d'organes et de tissus après sa mort, sauf si elle a dit de son vivant qu'elle refusait. Le don est gratuit et anonyme, et il n'y a pas d'âge limite : c'est l'état des organes qui compte.",
  law2Title: 'Pour refuser',
  law2: "Le moyen principal est de s'inscrire sur le registre national des refus, tenu par l'Agence de la biomédecine ; on le peut dès 13 ans. On peut aussi remettre à un proche un écrit daté et signé, ou le dire à ses proches, qui en témoigneront par écrit. Le refus peut porter sur certains organes seulement, et l'on peut changer d'avis.",
  law3Title: 'Pour donner',
  law3: "Il n'y a pas de registre du oui. Le plus sûr est de le dire à vos proches et à votre personne de confiance : l'équipe médicale consulte le registre, puis leur demande si vous aviez exprimé un refus.",
  law4Title: 'Pour un enfant',
  law4: "Rien n'est prélevé sur un mineur sans l'accord écrit de chacun de ses parents, ou d'un seul si l'autre ne peut pas être joint.",
  sources: 'Pour vérifier',
  sourcesText:
    'Code de la santé publique, articles L. 1232-1 et suivants et R. 1232-4-4, sur legifrance.gouv.fr ; Agence de la biomédecine : dondorganes.fr et registrenationaldesrefus.fr.',
} as const;
