import { describe, expect, it } from "vitest";
import { mentionQuery } from "./mentionQuery";

describe("what is being mentioned", () => {
  it("finds the word at the caret", () => {
    expect(mentionQuery("hi @lla", 7)).toEqual({ start: 3, text: "lla" });
    expect(mentionQuery("@", 1)).toEqual({ start: 0, text: "" });
    expect(mentionQuery("@llama3 and", 4)).toEqual({ start: 0, text: "lla" });
  });

  it("leaves addresses and finished words alone", () => {
    expect(mentionQuery("me@host", 7)).toBeNull();
    expect(mentionQuery("@llama3 what", 12)).toBeNull();
  });
});
