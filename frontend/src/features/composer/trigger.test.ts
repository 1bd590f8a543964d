import { describe, expect, it } from "vitest";
import { completed, findTrigger } from "./trigger";

const at = (text: string) => findTrigger(text, text.length);

describe("what is triggered at the caret", () => {
  it("is a word after its sign, up to the caret", () => {
    expect(at("hi @lla")).toEqual({ sign: "@", text: "lla", start: 3 });
    expect(at("@")).toEqual({ sign: "@", text: "", start: 0 });
    expect(findTrigger("@llama3 and", 4)).toEqual({ sign: "@", text: "lla", start: 0 });
    expect(at("see (#inc")).toEqual({ sign: "#", text: "inc", start: 5 });
    expect(at("#räume")).toEqual({ sign: "#", text: "räume", start: 0 });
    expect(at("nice :tad")).toEqual({ sign: ":", text: "tad", start: 5 });
    expect(at("nice👍:+1")).toEqual({ sign: ":", text: "+1", start: 6 });
    expect(at("/sum")).toEqual({ sign: "/", text: "sum", start: 0 });
  });

  it("is nothing in words, addresses, times, smileys, headings and paths", () => {
    for (const text of ["me@host", "@llama3 what", "c#", "a#b", "# Title", "## ", "10:30", "http://", ":)", ":D", "at :d", "::std", "/usr/bin", "see /sum", " /sum"]) expect(at(text)).toBeNull();
    expect(findTrigger("/sum this text", 4)).toBeNull();
  });

  it("is nothing in code", () => {
    for (const text of ["`@lla", "```\n@lla", "```py\nx = 1\n#inc", "a `b` and `:ta"]) expect(at(text)).toBeNull();
    expect(at("`code` @lla")?.text).toBe("lla");
    expect(at("```\ncode\n```\n@lla")?.text).toBe("lla");
    expect(at("a ` alone\n@lla")?.text).toBe("lla");
  });

  it("is replaced by what is taken, with one space after it", () => {
    const trigger = { sign: "@" as const, text: "lla", start: 3 };
    expect(completed("hi @lla", 7, trigger, "@llama3")).toEqual({ text: "hi @llama3 ", caret: 11 });
    expect(completed("hi @lla and you", 7, trigger, "@llama3")).toEqual({ text: "hi @llama3 and you", caret: 11 });
  });
});
