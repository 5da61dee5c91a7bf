export const fr = {
  title: 'Je découvre mon carnet',
  conditions: 'Avez-vous une maladie ou un sujet de santé ?',
  conditionsLead:
    'Par exemple un asthme, un diabète, une opération à prévoir. Vous pourrez compléter plus tard.',
  treatments: 'Prenez-vous un traitement ?',
  treatmentsLead:
    "Le nom qui est sur la boîte, et depuis quelle année. La posologie si vous l'avez sous la main.",
  allergies: 'Avez-vous une allergie ?',
  allergiesLead: "À un médicament, un aliment, un animal : c'est ce qu'un soignant demande en premier.",
  measures: 'Votre poids et votre taille ?',
  measuresLead:
    "L'indice de masse corporelle se calcule tout seul. Les autres mesures vous attendent dans votre profil.",
  addWeight: 'Noter mon poids',
  addHeight: 'Noter ma taille',
  noted: 'Déjà noté',
  next: 'Continuer',
  skip: 'Passer cette question',
  back: 'Question précédente',
  leave: 'Arrêter là',
  endTitle: 'Votre carnet est commencé',
  endLead: 'Ce que vous avez noté se retrouve dans votre profil médical, où tout se complète et se corrige.',
  endNothing: "Vous n'avez rien noté pour l'instant. Ces questions vous attendent dans votre profil médical.",
  endProfile: 'Voir mon profil médical',
  endProfileText: 'Les treize rubriques, à remplir à votre rythme.',
  endDocument: 'Ajouter un document',
  endDocumentText: 'Une ordonnance, un résultat, un compte rendu : un PDF ou une photo.',
  endHome: "Aller à l'accueil",
} as const;
