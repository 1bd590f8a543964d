import { expect, it } from "vitest";
import type { SearchHit } from "@/protocol/types";
import { byRoom } from "./byRoom";

const hit = (id: string, room: string): SearchHit => ({ id, room, seq: 1, author: { id: "u", kind: "person", handle: "ada", name: "Ada", deactivated: false }, created_at: "2026-01-01T00:00:00.000Z", snippet: [], why: "text" });

it("puts neighbours of one room together and keeps the order", () => {
  const found = byRoom([hit("1", "a"), hit("2", "a"), hit("3", "b"), hit("4", "a")]);
  expect(found.map(({ room, first, hits }) => [room, first, hits.map(({ id }) => id).join()])).toEqual([["a", 0, "1,2"], ["b", 2, "3"], ["a", 3, "4"]]);
  expect(byRoom([])).toEqual([]);
});
