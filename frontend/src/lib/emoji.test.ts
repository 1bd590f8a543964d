import { describe, expect, it } from "vitest";
import { EMOJI, findEmoji } from "./emoji";

const found = (query: string) => findEmoji(query).map(({ emoji }) => emoji);

describe("finding an emoji", () => {
  it("takes the beginnings of its words, in any order", () => {
    expect(found("rock")).toEqual(["🚀"]);
    expect(found("blue hea")).toEqual(["💙"]);
    expect(found(":thumbs_up:")).toEqual(["👍"]);
    expect(found("nothing like this")).toEqual([]);
  });

  it("lists each once, each with a name", () => {
    expect(new Set(EMOJI.map(({ emoji }) => emoji)).size).toBe(EMOJI.length);
    expect(EMOJI.every(({ words }) => words !== "")).toBe(true);
    expect(found("")).toHaveLength(EMOJI.length);
  });
});
