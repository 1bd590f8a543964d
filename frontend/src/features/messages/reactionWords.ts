import type { Member, Message, Reaction } from "@/protocol/types";

const NAMED = 8;

/** The emoji that this person has put under a message. */
export function myReactions({ reactions }: Pick<Message, "reactions">, me: string): ReadonlySet<string> {
  return new Set(reactions.filter(({ users }) => users.includes(me)).map(({ emoji }) => emoji));
}

/** "You, Mira and 2 others", the own name first; whoever is not known by name is one of the others. */
export function whoReacted({ users }: Reaction, me: string, members: readonly Member[]): string {
  const names = new Map(members.map(({ id, display_name }) => [id, display_name]));
  const others = users.filter((id) => id !== me).map((id) => names.get(id)).filter((name) => name !== undefined).slice(0, NAMED);
  const known = users.includes(me) ? ["You", ...others] : others;
  const more = users.length - known.length;
  const words = more > 0 ? [...known, known.length === 0 ? `${more} ${more === 1 ? "person" : "people"}` : `${more} ${more === 1 ? "other" : "others"}`] : known;
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}
