import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { TemplateVariable } from "@/protocol/types";
import { beginTemplate, firstWrong, sentTemplate } from "@/state/filledTemplate";
import { aTemplate } from "@/state/testMessages";
import { TemplateForm } from "./TemplateForm";

const variable = (changes: Partial<TemplateVariable>): TemplateVariable => ({ name: "language", label: "Into", type: "text", required: false, default: "", choices: [], ...changes });
const TEMPLATE = aTemplate({
  id: "translate", title: "Translate", version: 3,
  variables: [variable({ required: true }), variable({ name: "tone", label: "Tone", type: "choice", choices: ["plain", "formal"], default: "plain" }), variable({ name: "count", label: "How many", type: "number" }), variable({ name: "short", label: "Short", type: "switch" })],
});
let filled = beginTemplate(TEMPLATE);

function Form({ isChecked = false, onDone = () => undefined }) {
  const [value, setValue] = useState(() => beginTemplate(TEMPLATE));
  filled = value;
  return <TemplateForm filled={value} isChecked={isChecked} onChange={setValue} onRemove={() => undefined} onDone={onDone} />;
}

describe("the form of a template", () => {
  it("begins with the defaults and gives what was filled in, numbers as numbers", async () => {
    render(<Form />);
    await userEvent.type(screen.getByLabelText(/Into/), " German ");
    await userEvent.selectOptions(screen.getByLabelText("Tone"), "formal");
    await userEvent.type(screen.getByLabelText("How many"), "3");
    await userEvent.click(screen.getByLabelText("Short"));
    expect(sentTemplate(filled)).toEqual({
      use: { id: "translate", title: "Translate", version: 3, domain: "", variables: [{ name: "language", label: "Into", value: "German" }, { name: "tone", label: "Tone", value: "formal" }, { name: "count", label: "How many", value: "3" }, { name: "short", label: "Short", value: "yes" }] },
      variables: { language: "German", tone: "formal", count: 3, short: true },
    });
  });

  it("leaves out what is empty", () => {
    expect(sentTemplate(beginTemplate(TEMPLATE)).variables).toEqual({ tone: "plain", short: false });
  });

  it("says what is missing or no number, once it was to be sent", async () => {
    const { rerender } = render(<Form />);
    await userEvent.type(screen.getByLabelText("How many"), "many");
    expect(screen.queryByRole("alert")).toBeNull();
    rerender(<Form isChecked />);
    expect(screen.getAllByRole("alert").map((alert) => alert.textContent)).toEqual(["Fill this in.", "Write a number."]);
    expect(firstWrong(filled)?.name).toBe("language");
    await userEvent.type(screen.getByLabelText(/Into/), "German");
    await userEvent.clear(screen.getByLabelText("How many"));
    expect(firstWrong(filled)).toBeUndefined();
  });

  it("goes on to the message with Enter", async () => {
    let isDone = false;
    render(<Form onDone={() => { isDone = true; }} />);
    act(() => screen.getByLabelText(/Into/).focus());
    await userEvent.keyboard("{Enter}");
    expect(isDone).toBe(true);
  });
});
