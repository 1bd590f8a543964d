import { describe, expect, it } from "vitest";
import { closeMarkdown } from "./closeMarkdown";

describe("half-written Markdown", () => {
  it.each([
    ["a **bold", "a **bold**"],
    ["a *soft", "a *soft*"],
    ["a ***both", "a ***both***"],
    ["a ~~gone", "a ~~gone~~"],
    ["use `code", "use `code`"],
    ["all **done** here", "all **done** here"],
    ["a **", "a"],
    ["see [the docs](https://exam", "see the docs"],
    ["see [the docs", "see the docs"],
    ["![a cat](https://x", "a cat"],
    ["text\n-", "text"],
    ["text\n==", "text"],
    ["text\n##", "text"],
    ["one\n2.", "one"],
    ["2 * 3 = 6", "2 * 3 = 6"],
    ["* item\n* other", "* item\n* other"],
    ["```py\na = **", "```py\na = **"],
    ["area $\\pi r", "area $\\pi r$"],
    ["area $\\pi * r^2 + ", "area $\\pi * r^2 +$"],
    ["area $a*b$ and **bold", "area $a*b$ and **bold**"],
    ["so \\(x < ", "so \\(x <\\)"],
    ["\\[\n\\int x", "\\[\n\\int x\\]"],
    ["$$ x = 1", "$$ x = 1$$"],
    ["$$ x = 1 $", "$$ x = 1 $$"],
    ["$$\nx\n$$", "$$\nx\n$$"],
    ["text\n$$", "text"],
    ["text\n\\[", "text"],
    ["it costs $5 and **more", "it costs $5 and **more**"],
    ["use `$x` and $y_1", "use `$x` and $y_1$"],
    ["| a | b |", ""],
    ["| a | b |\n|---|", "| a | b |\n|---|"],
  ])("%j is drawn as %j", (text, drawn) => {
    expect(closeMarkdown(text)).toBe(drawn);
  });
});
