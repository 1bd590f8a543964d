import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_GENERATION, type Generation, generation, generationWords } from "@/state/generation";
import { roomStore } from "@/state/roomStore";
import { aModel, anAppState } from "@/state/testMessages";
import GenerationPopover from "./GenerationPopover";

let now: Generation = DEFAULT_GENERATION;

function Shown() {
  const [value, setValue] = useState(DEFAULT_GENERATION);
  now = value;
  return <GenerationPopover button={{ label: "Settings", children: null }} isOpen onOpen={() => undefined} value={value} onChange={setValue} />;
}

describe("the model and its settings", () => {
  beforeEach(() => roomStore.update(() => anAppState({ models: [aModel()] })));

  it("keeps only what is within bounds and says what would be", async () => {
    render(<Shown />);
    await userEvent.type(screen.getByTestId("option-temperature"), "0.2");
    await userEvent.type(screen.getByTestId("option-top_p"), "3");
    await userEvent.type(screen.getByTestId("option-max_tokens"), "1.5");
    await userEvent.type(screen.getByTestId("option-presence_penalty"), "-1");
    expect(now.options).toEqual({ temperature: 0.2, max_tokens: 1, presence_penalty: -1 });
    expect(screen.getAllByRole("alert").map((alert) => alert.textContent)).toEqual(["A whole number from 1 to 131,072.", "From 0.01 to 1."]);
  });

  it("goes back to the default by itself and all at once", async () => {
    render(<Shown />);
    await userEvent.selectOptions(screen.getByTestId("generation-model"), "llama3");
    await userEvent.type(screen.getByTestId("option-temperature"), "1");
    expect(generationWords(now, [aModel()])).toEqual(["llama3", "temperature 1"]);
    await userEvent.clear(screen.getByTestId("option-temperature"));
    expect(now).toEqual({ model: "llama3", options: {} });
    await userEvent.click(screen.getByTestId("generation-reset"));
    expect(now).toEqual(DEFAULT_GENERATION);
  });

  it("is remembered for each person and room", () => {
    generation.write("u1", "r9", { model: null, options: { temperature: 0 } });
    expect(JSON.parse(localStorage.getItem("roundtable.generation.u1.r9") ?? "")).toEqual({ model: null, options: { temperature: 0 } });
    expect(generation.read("u2", "r9")).toEqual(DEFAULT_GENERATION);
    generation.write("u1", "r9", DEFAULT_GENERATION);
    expect(localStorage.getItem("roundtable.generation.u1.r9")).toBeNull();
  });
});
