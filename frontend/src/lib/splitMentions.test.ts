import { expect, it } from "vitest";
import { splitMentions } from "./splitMentions";

const found = (text: string) => splitMentions(text, new Set(["ada", "llama3"]), new Set(["general", "release-4-2"])).filter(({ kind }) => kind !== "text").map((piece) => piece.text);

it("finds those who are there and rooms that may be seen, and nothing else that looks like them", () => {
  expect(found("@ada, see #general and #release-4-2. Not #secret, @eve")).toEqual(["@ada", "#general", "#release-4-2"]);
  expect(found("me@ada c#general /x#general ##general &#general #general2 #general_x")).toEqual([]);
  expect(found("(#general) #general-")).toEqual(["#general", "#general"]);
});

it("loses no letter", () => {
  const text = "a @ada b #general c";
  expect(splitMentions(text, new Set(["ada"]), new Set(["general"])).map((piece) => piece.text).join("")).toBe(text);
});
