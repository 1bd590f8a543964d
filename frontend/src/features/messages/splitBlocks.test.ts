import { describe, expect, it } from "vitest";
import { groupBlocks, splitBlocks } from "./splitBlocks";

describe("blocks", () => {
  it("cuts at blank lines", () => {
    expect(splitBlocks("one\n\ntwo\nlines\n\n\nthree")).toEqual(["one", "two\nlines", "three"]);
  });

  it("does not cut in code", () => {
    expect(splitBlocks("```py\na\n\nb\n```\n\nafter")).toEqual(["```py\na\n\nb\n```", "after"]);
    expect(splitBlocks("````\n```\n\nx\n````\n\ny")).toHaveLength(2);
  });

  it("does not cut in code that is still open", () => {
    expect(splitBlocks("text\n\n```\na\n\nb")).toEqual(["text", "```\na\n\nb"]);
  });

  it("does not cut in a formula", () => {
    expect(splitBlocks("so\n\n$$\na\n\nb\n$$\n\nafter")).toEqual(["so", "$$\na\n\nb\n$$", "after"]);
    expect(splitBlocks("\\[\na\n\nb\n\\]\n\nafter")).toEqual(["\\[\na\n\nb\n\\]", "after"]);
    expect(splitBlocks("```\n$$\n```\n\nafter\n\nmore")).toHaveLength(3);
    expect(splitBlocks("$$ x $$\n\nafter")).toHaveLength(2);
  });

  it("puts very many blocks into groups, the last ones apart", () => {
    const pieces = groupBlocks(splitBlocks("word\n\n".repeat(5_020)));
    expect(pieces.length).toBeLessThan(300);
    expect(pieces.at(-1)).toEqual({ at: 5_019, text: "word" });
    expect(pieces.map(({ text }) => text).join("\n\n").match(/word/g)).toHaveLength(5_020);
  });

  it("draws at most one group anew for each block that is added", () => {
    let before = new Map<number, string>();
    for (let count = 1; count < 400; count += 1) {
      const pieces = groupBlocks(Array.from({ length: count }, (_, index) => `block ${index}`));
      const anew = pieces.filter(({ at, text }) => before.get(at) !== text);
      expect(anew.length).toBeLessThanOrEqual(2);
      before = new Map(pieces.map(({ at, text }) => [at, text]));
    }
  });

  it("keeps a list with space between its items in one piece", () => {
    expect(splitBlocks("1. a\n\n2. b\n\n   more\n\nafter")).toEqual(["1. a\n\n2. b\n\n   more", "after"]);
  });

  it("keeps texts with definitions whole", () => {
    expect(splitBlocks("see [1]\n\n[1]: https://example.org")).toHaveLength(1);
  });

  it("looks soon for definitions in many lines that only begin like one", () => {
    const began = performance.now();
    expect(splitBlocks("[\n".repeat(60_000))).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(200);
  });

  it("only ever changes the last block while a text grows", () => {
    const text = "Intro\n\n- a\n- b\n\n```js\nlet x;\n\nlet y;\n```\n\n| a |\n|---|\n| 1 |\n\nEnd.";
    let before: string[] = [];
    for (let end = 1; end <= text.length; end++) {
      const now = splitBlocks(text.slice(0, end));
      expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = now;
    }
  });
});
