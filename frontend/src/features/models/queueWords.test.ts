import { describe, expect, it } from "vitest";
import { aQueueEntry, aRoom } from "@/state/testMessages";
import { queueWhen, queueWho } from "./queueWords";

const rooms = { r1: aRoom(), r2: aRoom({ id: "r2", name: "Mira", kind: "direct" }) };

describe("whose question stands in line", () => {
  it.each([
    [{ room: "r1", asked_by: "Mira" }, "Mira in #general"],
    [{ room: "r1", asked_by: "Ada", is_mine: true }, "You in #general"],
    [{ room: "r2", asked_by: "Mira" }, "Mira, with Mira"],
    [{}, "Somebody in another room"],
    [{ is_mine: true }, "You in another room"],
    [{ kind: "person" }, "Somebody, outside of rooms"],
    [{ kind: "person", is_mine: true }, "You, outside of rooms"],
    [{ kind: "program" }, "A program"],
    [{ kind: "program", is_mine: true }, "Your program"],
  ] as const)("%j is %s", (changes, words) => {
    expect(queueWho(aQueueEntry(changes), rooms)).toBe(words);
  });
});

describe("when it is its turn", () => {
  it.each([
    [{ position: 0, running_seconds: 12.2 }, 3, "15 s"],
    [{ position: 0, running_seconds: 2, is_loading: true }, 3, "loading, 5 s"],
    [{ start_seconds: 20 }, 5, "in about 15 s"],
    [{ start_seconds: 4 }, 5, "any moment now"],
    [{ position: 1 }, 0, "next"],
    [{ position: 2 }, 0, ""],
  ])("%j, %s s later: %s", (changes, elapsed, words) => {
    expect(queueWhen(aQueueEntry(changes), elapsed)).toBe(words);
  });
});
