import { describe, expect, it } from "vitest";
import { isTangled } from "./tangle";

const full = (piece: string): string => piece.repeat(16_000 / piece.length);

describe("Markdown that would stop the page", () => {
  it.each([">", "> - ", "1. ", "- ", "*a_ ", "*", "**a *a ", "[", "![", "[a](", "](", "[^1]", "$x$ ", "\\(", "|a", "a\n=\n", "# x\n", "- x\n", "```\n", "|x|y|\n", "[a]: b\n"])("many %j are too much", (piece) => {
    expect(isTangled(full(piece))).toBe(true);
  });

  it.each([
    ["a long list", "- **one** of [many](https://example.org) with `code`\n".repeat(400)],
    ["a long table", "| a | b |\n|---|---|\n" + "| **x** | `y` |\n".repeat(120)],
    ["code of many lines", "```c\n" + "int *a[2] = {0}; /* **** */\n".repeat(6_000) + "```"],
    ["a quote in a quote", "> ".repeat(8) + "text"],
    ["a line", "-".repeat(200)],
    ["a formula", "$$\n" + "a_1^2 &= \\frac{b}{c} \\\\\n".repeat(100) + "$$"],
  ])("%s is not", (_, text) => {
    expect(isTangled(text)).toBe(false);
  });

  it("says so at once", () => {
    const began = performance.now();
    for (const piece of [">", "- ", "1. ", "> ", "1.", "\t", " "]) isTangled(piece.repeat(100_000));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
