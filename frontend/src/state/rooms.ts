// Opening, reading, creating, joining and leaving rooms.
import { decodeAnswer } from "@/transport/decode";
import type { ChangeRoom, CreateRoom, Member, MembersAnswer, Message, Room } from "@/protocol/types";
import { http } from "@/transport/http";
import { ask } from "./ask";
import { connection, joinRoom } from "./connection";
import { inRoom, settleOutbox, withoutRoom } from "./dispatch";
import { outgoing } from "./outgoing";
import { readPage } from "./readPage";
import { receiveHistory } from "./roomReducer";
import { roomStore } from "./roomStore";

const MARK_DELAY_MS = 250;
const loadingOlder = new Set<string>();
let markTimer: ReturnType<typeof setTimeout> | null = null;

function keep(room: Room): void {
  roomStore.update((state) => ({ ...state, rooms: { ...state.rooms, [room.id]: room } }));
}

function markRead(id: string): void {
  markTimer = null;
  const { activeRoom, isReading, rooms, roomStates } = roomStore.get();
  const room = rooms[id];
  // Another room was opened meanwhile, and this timer kept it from getting its own.
  if (!room || activeRoom !== id || !isReading || roomStates[id]?.isHeld || room.last_seq <= room.last_read_seq) return markSoon();
  const read = { ...room, unread: 0, mentions: 0, last_read_seq: room.last_seq };
  connection.emit("mark_read", { room: id, seq: room.last_seq }).then(() => undefined, () => undefined);
  keep(read);
}

function markSoon(): void {
  const { activeRoom, isReading, rooms, roomStates } = roomStore.get();
  const room = activeRoom ? rooms[activeRoom] : undefined;
  const shown = room && roomStates[room.id];
  if (!room || !isReading || markTimer || !shown?.isSynced || shown.isHeld || room.last_seq <= room.last_read_seq) return;
  markTimer = setTimeout(() => markRead(room.id), MARK_DELAY_MS);
}

roomStore.subscribe(markSoon);

export const rooms = {
  /** Shows a room on this tab; the one shown before is closed on the socket. */
  open(id: string): void {
    const { activeRoom, rooms: known } = roomStore.get();
    if (activeRoom === id) return;
    if (activeRoom) connection.emit("leave_room", { room: activeRoom }).catch(() => undefined);
    roomStore.update((state) => {
      if (!known[id]?.is_member) return { ...state, activeRoom: id };
      const closed = activeRoom ? inRoom(state, activeRoom, (room) => ({ ...room, newLineAfter: null, isHeld: false, typing: {}, isSynced: false, editing: null, target: null })) : state;
      const line = known[id]?.unread ? known[id].last_read_seq : null;
      return { ...inRoom(closed, id, (room) => ({ ...room, newLineAfter: line, isHeld: false, isSynced: false })), activeRoom: id };
    });
    if (known[id]?.is_member) void joinRoom(id);
    outgoing.kick();
  },

  retryOpen: (id: string): void => void joinRoom(id),

  setReading(isReading: boolean): void {
    roomStore.update((state) => (state.isReading === isReading ? state : { ...state, isReading }));
  },

  async loadOlder(id: string): Promise<void> {
    const room = roomStore.get().roomStates[id];
    const first = room?.messages[0];
    if (!room?.hasMoreBefore || !first || loadingOlder.has(id)) return;
    loadingOlder.add(id);
    try {
      const history = await readPage(id, { before: first.seq });
      roomStore.update((state) => settleOutbox(inRoom(state, id, (known) => receiveHistory(known, history, first.seq)), history.messages));
    } finally {
      loadingOlder.delete(id);
    }
  },

  /** Everybody in a large room, of whom joining it names only some. */
  async loadMembers(id: string): Promise<void> {
    const { members } = decodeAnswer<MembersAnswer>("MembersAnswer", await http.members(id));
    roomStore.update((state) => {
      const presence = { ...state.presence, ...Object.fromEntries(members.map((member) => [member.id, member.presence])) };
      return inRoom({ ...state, presence }, id, (room) => ({ ...room, members, memberCount: members.length }));
    });
  },

  /** All rooms that this person may see, members or not. Throws `ApiError`. */
  async list(): Promise<Room[]> {
    return (await http.rooms()).rooms;
  },

  async create(body: CreateRoom): Promise<Room> {
    const { room } = await http.createRoom(body);
    keep(room);
    return room;
  },

  /** Owners only. Throws `ApiError` with the field at fault. */
  async change(id: string, body: ChangeRoom): Promise<void> {
    keep((await http.changeRoom(id, body)).room);
  },

  /** Owners only. An archived room is for reading. Throws `ApiError`. */
  async archive(id: string, isArchived: boolean): Promise<void> {
    keep((await http.archiveRoom(id, isArchived)).room);
  },

  /** Owners and admins only; the room goes from the page with the server's event. Throws `ApiError`. */
  async remove(id: string): Promise<void> {
    await http.deleteRoom(id);
  },

  /** Owners only; the list of members follows with the server's event. Throws `ApiError`. */
  async changeRole(id: string, user: string, role: Member["role"]): Promise<void> {
    await http.changeRole(id, user, role);
  },

  /** Of this person alone, in all their tabs: they follow with the server's event. */
  mute: (id: string, isMuted: boolean): Promise<boolean> =>
    ask(() => http.muteRoom(id, isMuted), "This was not changed. Try again when the connection is back."),

  /** Everything from this message on is unread again, and stays so until the room is opened anew. */
  async markUnread({ room, seq }: Pick<Message, "room" | "seq">): Promise<void> {
    const hold = (isHeld: boolean) => roomStore.update((state) => inRoom(state, room, (known) => ({ ...known, isHeld })));
    hold(true);
    if (!(await ask(() => connection.emit("mark_unread", { room, seq }), "It was not marked as unread. Try again when the connection is back."))) hold(false);
  },

  /** Owners only; the list of members follows with the server's event. */
  async removeMember(id: string, user: string): Promise<void> {
    await http.removeMember(id, user);
  },

  async join(id: string): Promise<Room> {
    const { room } = await http.joinRoom(id);
    keep(room);
    // It may be open already, as a room that one could not read.
    if (roomStore.get().activeRoom === id) void joinRoom(id);
    return room;
  },

  async leave(id: string): Promise<void> {
    await http.leaveRoom(id);
    roomStore.update((state) => withoutRoom(state, id));
  },

  async invite(id: string, username: string): Promise<void> {
    await http.invite(id, username);
  },
};
