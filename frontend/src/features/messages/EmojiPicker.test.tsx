import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { EmojiPicker } from "./EmojiPicker";

it("begins with the common emoji and finds all others by name", async () => {
  const picked: string[] = [];
  render(<EmojiPicker onPick={(emoji) => picked.push(emoji)} />);
  expect(screen.getAllByTestId("emoji-option")[0]?.textContent).toBe("👍");
  await userEvent.type(screen.getByTestId("emoji-input"), "yo-yo");
  await waitFor(() => expect(screen.getAllByTestId("emoji-option")[0]?.textContent).toBe("🪀"));
  await userEvent.keyboard("{Enter}");
  expect(picked).toEqual(["🪀"]);
});
