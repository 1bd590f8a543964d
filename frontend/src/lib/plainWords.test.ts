import { describe, expect, it } from "vitest";
import { plainWords } from "./plainWords";

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
