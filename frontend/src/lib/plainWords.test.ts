import { describe, expect, it } from "vitest";
import { plainParts, plainWords } from "./plainWords";

const SAID: [string, string][] = [
  ["The importer fails on a **trailing comma**. @llama3 why?", "The importer fails on a trailing comma. @llama3 why?"],
  ["*one* _two_ __three__ ~~four~~ ***five***", "one two three four five"],
  ["see [the log](https://example.org/a_b_c) and ![a picture](x.png) or <https://example.org>", "see the log and a picture or https://example.org"],
  ["# Title ## And more > not a quote", "Title And more > not a quote"],
  ["> - what was said", "what was said"],
  ["run `a*b*c` and ``x `y` z``, not *this*", "run a*b*c and x `y` z, not this"],
  ["It is: ```python row = line[1] * 2 ``` done", "It is: row = line[1] * 2 done"],
  ["| file | rows | |---|--:| | june.csv | 12 |", "file · rows · june.csv · 12"],
  [String.raw`\*not\* \_so\_`, "*not* _so_"],
];

describe("the plain words of Markdown", () => {
  it.each(SAID)("%s", (text, words) => expect(plainWords(text)).toBe(words));

  it("leave what only looks like it", () => {
    for (const text of ["2 * 3 * 4 = 24", "snake_case_name", "a|b", "#general", "C# is", "5 ** 2", "a ~ b", "[x] done", "**never closed", ""]) expect(plainWords(text)).toBe(text);
  });
});

/** `[dog]` is a place that was found. */
const parts = (text: string) => text.split(/[[\]]/).map((part, place) => ({ text: part, is_match: place % 2 === 1 })).filter((part) => part.text !== "");
const FOUND: [string, string][] = [
  ["the **[dog]** and `a [cat]`", "the [dog] and a [cat]"],
  ["# [Title] of **two [words]**", "[Title] of two [words]"],
  ["| file | rows | |---|---| | [june].csv | 12 |", "file · rows · [june].csv · 12"],
  ["nothing", "nothing"],
  ["(a) <https://[example].org>", "(a) https://[example].org"],
];

describe("the plain words of what was found", () => {
  it.each(FOUND)("%s", (text, plain) => expect(plainParts(parts(text))).toEqual(parts(plain)));

  it("stay as they are where a place would be lost", () => {
    const link = [{ text: "[the log](https://", is_match: false }, { text: "example", is_match: true }, { text: ".org)", is_match: false }];
    expect(plainParts(link)).toBe(link);
  });
});
