import { expect, it } from "vitest";
import { anAgent } from "@/state/testMessages";
import { mentionSuggestions } from "./mentionSuggestions";

const offered = (...agents: ReturnType<typeof anAgent>[]) => mentionSuggestions("", [], [], agents, "u1").map(({ key }) => key);

it("offers the agents that can be asked, and the team where there is one", () => {
  expect(offered(anAgent("critic"), anAgent("editor", { is_on: false }))).toEqual(["team", "critic"]);
  expect(offered(anAgent("editor", { is_on: false }))).toEqual([]);
});
