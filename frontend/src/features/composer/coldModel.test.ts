import { describe, expect, it } from "vitest";
import type { ModelInfo } from "@/protocol/types";
import { coldModel } from "./coldModel";

const model = (handle: string, loaded: boolean | null): ModelInfo => ({
  id: `ollama/${handle}`, name: handle, handle, backend: "ollama", backend_kind: "ollama", loaded, size_bytes: null, context_length: null, expires_at: null,
  capabilities: [], load_ms_estimate: null, load_ms_range: null,
});
const models = [model("llama3:latest", false), model("llava:7b", false), model("mistral:latest", true), model("who-knows", null)];

describe("a model that is mentioned and not in memory", () => {
  it("is known before its name is complete, but not before it is clear", () => {
    expect(coldModel("hello @lla", models, null)).toBeNull();
    expect(coldModel("hello @llam", models, null)).toBe("llama3:latest");
    expect(coldModel("hello @LLAMA3 what is", models, null)).toBe("llama3:latest");
    expect(coldModel("(@llava:7b) and", models, null)).toBe("llava:7b");
  });

  it("is nothing else that is written", () => {
    for (const text of ["llama3", "me@llama3", "@mistral hello", "@who-knows hello", "@ll", "@nobody hello"]) expect(coldModel(text, models, null)).toBeNull();
  });

  it("is the chosen one where none is named", () => {
    expect(coldModel("hello", models, "llama3:latest")).toBe("llama3:latest");
    expect(coldModel("hello", models, "mistral:latest")).toBeNull();
    expect(coldModel("@llava:7b hello", models, "llama3:latest")).toBe("llava:7b");
    expect(coldModel("@mistral hello", models, "llama3:latest")).toBeNull();
    expect(coldModel("hello", models, "deleted-since")).toBeNull();
  });
});
