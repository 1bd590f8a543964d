import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { Dialog } from "./Dialog";

function Opener() {
  const [isOpen, setOpen] = useState(false);
  return <><button type="button" onClick={() => setOpen(true)}>open</button>{isOpen ? <Dialog title="Hello" onClose={() => setOpen(false)}>text</Dialog> : null}</>;
}

it("takes the focus, and gives it back to where it was", async () => {
  render(<Opener />);
  const opener = screen.getByText("open");
  opener.focus();
  fireEvent.click(opener);
  const dialog = screen.getByRole("dialog", { name: "Hello" });
  await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
  fireEvent.keyDown(dialog, { key: "Escape" });
  await waitFor(() => expect(document.activeElement).toBe(opener));
});
