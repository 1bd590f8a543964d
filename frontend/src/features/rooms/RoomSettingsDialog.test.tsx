import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Member } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { roomStore } from "@/state/roomStore";
import { anAppState, aRoom, aRoomState } from "@/state/testMessages";
import RoomSettingsDialog from "./RoomSettingsDialog";

const member = (id: string, name: string, role: Member["role"]): Member => ({ id, username: name.toLowerCase(), display_name: name, role, last_read_seq: 0, presence: "online", deactivated: false, is_bot: false });
const onClose = vi.fn();

function show(myRole: Member["role"]) {
  const members = [member("u1", "Ada", myRole), member("u2", "Mira", myRole === "owner" ? "member" : "owner")];
  roomStore.update(() => anAppState({ rooms: { r1: aRoom({ slug: "den", role: myRole, topic: "Foxes", reply_policy: "always", models: ["llama3"] }) }, roomStates: { r1: aRoomState([], { members, memberCount: 2 }) } }));
  render(<RoomSettingsDialog roomId="r1" templates={null} memory={null} hooks={null} onClose={onClose} onLeave={() => undefined} />);
}

describe("room settings", () => {
  beforeEach(() => onClose.mockClear());
  afterEach(() => void vi.restoreAllMocks());

  it("sends what an owner has set and closes", async () => {
    const change = vi.spyOn(rooms, "change").mockResolvedValue();
    show("owner");
    await userEvent.clear(screen.getByTestId("room-topic"));
    await userEvent.click(screen.getByTestId("policy-off"));
    await userEvent.click(screen.getByTestId("stop-asker"));
    expect(screen.queryByTestId("kind-change")).toBeNull();
    await userEvent.click(screen.getByTestId("kind-private"));
    expect(screen.getByTestId("kind-change").textContent).toContain("loses sight of it");
    await userEvent.click(screen.getByTestId("room-settings-submit"));
    expect(change).toHaveBeenCalledWith("r1", { name: "general", topic: "", kind: "private", reply_policy: "off", stop_policy: "asker", models: ["llama3"] });
    await waitFor(() => expect(onClose).toHaveBeenCalled());
  });

  it("keeps what was typed when the server refuses it, and says why at the field", async () => {
    vi.spyOn(rooms, "change").mockRejectedValue(Object.assign(new Error("Give it a shorter name."), { field: "name" }));
    show("owner");
    await userEvent.type(screen.getByTestId("room-name"), "-two");
    await userEvent.click(screen.getByTestId("room-settings-submit"));
    expect(await screen.findByText("Give it a shorter name.")).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>("room-name").value).toBe("general-two");
    expect(onClose).not.toHaveBeenCalled();
  });

  it("takes somebody out only after asking, and never oneself", async () => {
    const remove = vi.spyOn(rooms, "removeMember").mockResolvedValue();
    show("owner");
    await userEvent.click(screen.getByTestId("tab-people"));
    const [mira] = screen.getAllByTestId("room-person").filter((row) => row.dataset.username === "mira");
    expect(screen.getAllByTestId("remove-member")).toHaveLength(1);
    await userEvent.click(within(mira as HTMLElement).getByTestId("remove-member"));
    expect(remove).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId("remove-submit"));
    expect(remove).toHaveBeenCalledWith("r1", "u2");
  });

  it("makes somebody else an owner, and says why the only one cannot step back", async () => {
    const change = vi.spyOn(rooms, "changeRole").mockResolvedValueOnce().mockRejectedValueOnce(new Error("A room needs an owner."));
    show("owner");
    await userEvent.click(screen.getByTestId("tab-people"));
    await userEvent.selectOptions(screen.getByLabelText("Role of Mira"), "owner");
    await userEvent.selectOptions(screen.getByLabelText("Role of Ada"), "member");
    expect(change.mock.calls).toEqual([["r1", "u2", "owner"], ["r1", "u1", "member"]]);
    expect(screen.getByLabelText<HTMLSelectElement>("Role of Ada").value).toBe("owner");
  });

  it("deletes only what was named once more", async () => {
    const remove = vi.spyOn(rooms, "remove").mockResolvedValue();
    show("owner");
    await userEvent.click(screen.getByTestId("tab-end"));
    await userEvent.click(screen.getByTestId("delete-room"));
    await userEvent.type(screen.getByTestId("delete-room-name"), "genera");
    expect(screen.getByTestId<HTMLButtonElement>("delete-room-submit").disabled).toBe(true);
    expect(remove).not.toHaveBeenCalled();
    await userEvent.type(screen.getByTestId("delete-room-name"), "l{Enter}");
    expect(remove).toHaveBeenCalledWith("r1");
    await waitFor(() => expect(onClose).toHaveBeenCalled());
  });

  it("lets everybody mute", async () => {
    const mute = vi.spyOn(rooms, "mute").mockResolvedValue(true);
    show("member");
    await userEvent.click(screen.getByRole("switch", { name: /Mute this room/ }));
    expect(mute).toHaveBeenCalledWith("r1", true);
  });

  it("offers a member nothing that only owners may do", () => {
    show("member");
    for (const id of ["room-settings-form", "tab-people", "archive-room", "delete-room"]) expect(screen.queryByTestId(id)).toBeNull();
    expect(screen.getByTestId("room-facts").textContent).toContain("Foxes");
    expect(screen.getByText("Mira can change this.")).toBeTruthy();
    expect(screen.getByTestId("settings-leave")).toBeTruthy();
  });
});
