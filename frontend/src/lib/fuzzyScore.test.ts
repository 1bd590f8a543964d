import { describe, expect, it } from "vitest";
import { fuzzyScore } from "./fuzzyScore";

const best = (query: string, texts: string[]) => texts
  .map((text) => ({ text, score: fuzzyScore(query, text) }))
  .filter(({ score }) => score !== null)
  .sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
  .map(({ text }) => text);

describe("fuzzy matching", () => {
  it("puts beginnings before words, words before middles, and those before letters apart", () => {
    expect(best("rel", ["r-e-l", "barrel", "the release", "release"])).toEqual(["release", "the release", "barrel", "r-e-l"]);
  });

  it("finds letters in their order only, whatever their case", () => {
    expect(best("dtm", ["Data Team", "MTD"])).toEqual(["Data Team"]);
    expect(fuzzyScore("", "anything")).toBe(0);
  });
});
