/** What the kinds and reply policies of a room are called, and what they mean. */
export const KINDS = [
  { value: "public", label: "Public", hint: "Everyone on this server can find it and join." },
  { value: "private", label: "Private", hint: "Only people who are invited can see it." },
] as const;

export const POLICIES = [
  { value: "mention", label: "When mentioned", hint: "A model answers where someone writes @ and its name." },
  { value: "always", label: "Always", hint: "A model answers every message." },
  { value: "off", label: "Never", hint: "People only. A mention of a model is just text." },
] as const;
