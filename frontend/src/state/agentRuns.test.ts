import { describe, expect, it } from "vitest";
import { isWhole, receiveAction, receiveActions } from "./agentRuns";
import { applyServerEvent } from "./dispatch";
import { aRoomState, anAction, anAppState } from "./testMessages";

describe("the actions of a run", () => {
  it("stand in the order of their steps, each once, whichever way they came", () => {
    const heard = [3, 1, 3].reduce((room, step) => receiveAction(room, anAction(step)), aRoomState([]));
    expect(heard.runs.n1?.map(({ step }) => step)).toEqual([1, 3]);
    expect(isWhole(heard.runs.n1 ?? [])).toBe(false);
    const asked = receiveActions(heard, "n1", [1, 2, 3].map((step) => anAction(step)));
    expect(asked.runs.n1?.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(isWhole(asked.runs.n1 ?? [])).toBe(true);
  });

  it("change nothing when they are known", () => {
    const known = receiveAction(aRoomState([]), anAction(1));
    expect(receiveAction(known, anAction(1))).toBe(known);
  });

  it("come into their room by the event", () => {
    const state = applyServerEvent(anAppState({}), { event: "agent_action", payload: anAction(1) }, 0);
    expect(state.roomStates.r1?.runs.n1).toEqual([anAction(1)]);
  });
});
