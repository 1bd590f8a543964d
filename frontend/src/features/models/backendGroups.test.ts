import { expect, it } from "vitest";
import type { BackendInfo } from "@/protocol/types";
import { backendGroups } from "./backendGroups";

const backend = (name: string, kind: string, reachable: boolean): BackendInfo => ({ name, kind, url: "", reachable, error: null, abilities: [] });

it("shows the built-in embeddings only when something is wrong with them", () => {
  const shown = (reachable: boolean) => backendGroups([backend("ollama", "ollama", true), backend("embedder", "embedder", reachable)], [], {}).map(({ name }) => name);
  expect([shown(true), shown(false)]).toEqual([["ollama"], ["ollama", "embedder"]]);
});
