import { describe, expect, it } from "vitest";
import { anAction } from "@/state/testMessages";
import { foundWords, nowWords, verbOf, whoOf } from "./runWords";

const started = (agent: string, step: number) => anAction(step, { agent });
const found = (agent: string, step: number) => anAction(step, { agent, action: "finding" });

describe("what agents did, in a line", () => {
  it("counts those that found something among those that were asked", () => {
    const asked = [started("critic", 1), started("fox", 2)];
    expect(foundWords([])).toBe("What the agents did");
    expect(foundWords([...asked, found("fox", 3)])).toBe("1 of 2 agents found something");
    expect(foundWords([...asked, found("fox", 3), found("critic", 4), anAction(5, { agent: "writer" })])).toBe("2 agents worked on this");
  });

  it("says what goes on now", () => {
    expect(nowWords([])).toBe("Planning who looks into what");
    expect(nowWords([started("critic", 1)])).toBe("@critic looks into it");
    expect(`${whoOf(anAction(2, { agent: "writer" }))} ${verbOf(anAction(2, { agent: "writer" }))}`).toBe("Writer begins to write");
  });
});
