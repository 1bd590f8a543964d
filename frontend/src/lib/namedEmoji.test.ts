import { expect, it } from "vitest";
import { findNamed, loadNamedEmoji } from "./namedEmoji";

it("finds emoji by their names, the exact one first, by their words and by letters in their order", async () => {
  const all = await loadNamedEmoji();
  const best = (query: string) => findNamed(query, all, 5).map(({ emoji }) => emoji);
  expect(best("+1")[0]).toBe("👍");
  expect(best("heart")[0]).toBe("❤️");
  expect(best("ROCKET")[0]).toBe("🚀");
  expect(best("hooray")).toContain("🎉");
  expect(best("par").slice(0, 2)).toEqual(["🥳", "🎉"]);
  expect(best("thmbup")).toContain("👍");
  expect(best("qqqq")).toEqual([]);
});
