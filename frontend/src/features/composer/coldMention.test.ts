import { describe, expect, it } from "vitest";
import type { ModelInfo } from "@/protocol/types";
import { coldMention } from "./coldMention";

const model = (handle: string, loaded: boolean | null): ModelInfo => ({
  id: `ollama/${handle}`, name: handle, handle, backend: "ollama", backend_kind: "ollama", loaded, size_bytes: null, context_length: null, expires_at: null,
  capabilities: [], load_ms_estimate: null, load_ms_range: null,
});
const models = [model("llama3:latest", false), model("llava:7b", false), model("mistral:latest", true), model("who-knows", null)];

describe("a model that is mentioned and not in memory", () => {
  it("is known before its name is complete, but not before it is clear", () => {
    expect(coldMention("hello @lla", models)).toBeNull();
    expect(coldMention("hello @llam", models)).toBe("llama3:latest");
    expect(coldMention("hello @LLAMA3 what is", models)).toBe("llama3:latest");
    expect(coldMention("(@llava:7b) and", models)).toBe("llava:7b");
  });

  it("is nothing else that is written", () => {
    for (const text of ["llama3", "me@llama3", "@mistral hello", "@who-knows hello", "@ll", "@nobody hello"]) expect(coldMention(text, models)).toBeNull();
  });
});
