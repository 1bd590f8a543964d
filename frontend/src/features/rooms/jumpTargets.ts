import type { Member, Room } from "@/protocol/types";
import { fuzzyScore } from "@/lib/fuzzyScore";
import { calling } from "@/state/calling";

export type Target = { kind: "room"; id: string; name: string; room: Room } | { kind: "person"; id: string; name: string; person: Member };

const MAX = 10;

function scoreOf(target: Target, query: string): number | null {
  const words = target.kind === "room" ? [target.room.topic] : [target.person.username];
  const scores = [fuzzyScore(query, target.name), ...words.map((word) => fuzzyScore(query, word)).map((score) => (score === null ? null : score + 2))];
  const found = scores.filter((score) => score !== null);
  return found.length > 0 ? Math.min(...found) : null;
}

const isOther = (target: Target): boolean => target.kind === "room" && (!target.room.is_member || target.room.is_archived);

/**
 * Rooms and people that fit what was typed, the best first, own rooms before others and what is archived, and the open room last.
 * Without a word: the own rooms, those with something unread first. `#` asks for rooms only, `@` for people only.
 */
export function jumpTargets(rooms: readonly Room[], people: readonly Member[], typed: string, active: string | null): Target[] {
  const [sign, query] = /^[#@]/.test(typed.trim()) ? [typed.trim()[0], typed.trim().slice(1)] : ["", typed.trim()];
  const all: Target[] = [
    ...(sign === "@" ? [] : rooms.map((room) => ({ kind: "room" as const, id: room.id, name: room.name, room }))),
    ...(sign === "#" || (sign === "" && query === "") ? [] : people.map((person) => ({ kind: "person" as const, id: person.id, name: person.display_name, person }))),
  ];
  const unreadFirst = (target: Target): number => (query === "" && target.kind === "room" && calling(target.room) > 0 ? -1 : 0);
  return all
    .map((target) => ({ target, score: scoreOf(target, query) }))
    .filter((entry): entry is { target: Target; score: number } => entry.score !== null)
    .sort((a, b) => Number(a.target.id === active) - Number(b.target.id === active) || Number(isOther(a.target)) - Number(isOther(b.target))
      || unreadFirst(a.target) - unreadFirst(b.target) || a.score - b.score || a.target.name.localeCompare(b.target.name))
    .slice(0, MAX)
    .map(({ target }) => target);
}
