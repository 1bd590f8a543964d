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
    ["| a | b |", ""],
    ["| a | b |\n|---|", "| a | b |\n|---|"],
  ])("%j is drawn as %j", (text, drawn) => {
    expect(closeMarkdown(text)).toBe(drawn);
  });
});
