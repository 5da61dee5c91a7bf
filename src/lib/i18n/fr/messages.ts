export const fr = {
  title: 'Messages',
  emptyTitle: "La messagerie n'est pas encore ouverte",
  emptyText:
    "Vous pourrez y échanger avec les professionnels de santé qui vous ont écrit. Aucun message ne peut vous être envoyé pour l'instant : rien n'est donc perdu.",
} as const;
