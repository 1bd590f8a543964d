/** What the kinds and reply policies of a room are called, and what they mean. */
export const KINDS = [
  { value: "public", label: "Public", hint: "Everyone on this server can find it and join." },
  { value: "private", label: "Private", hint: "Only people who are invited can see it." },
] as const;

/** What a change of the kind does, in a sentence, said before it is saved. */
export const KIND_CHANGES = {
  private: "Whoever is in the room stays. Everybody else loses sight of it at once, and comes in only by an invitation.",
  public: "Everyone on this server will be able to join, and to read all that was ever written here.",
} as const;

export const STOPPERS = [
  { value: "everybody", label: "Everybody", hint: "Whoever is in the room can stop a reply." },
  { value: "asker", label: "Who asked, and owners", hint: "Others cannot stop what someone is waiting for." },
] as const;

export const POLICIES = [
  { value: "mention", label: "When mentioned", hint: "A model answers where someone writes @ and its name." },
  { value: "always", label: "Always", hint: "A model answers every message." },
  { value: "team", label: "The team", hint: "The agents of this room work on every message together." },
  { value: "off", label: "Never", hint: "People only. A mention of a model is just text." },
] as const;
