// Characters that cannot be seen and turn around the order of those that can.
const OVERRIDES = /[\u202d\u202e]/g;
const ALL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const shown = (char: string): string => `⟨U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

export const unseen = {
  /** For text: overrides, which nobody types, shown by name; what right-to-left languages need stays. */
  inText: (text: string): string => text.replace(OVERRIDES, shown),
  /** For code, in which all of them only deceive. */
  inCode: (text: string): string => text.replace(ALL, shown),
  remove: (text: string): string => text.replace(ALL, "").replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, ""),
};
