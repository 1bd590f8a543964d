// Somebody is called otherwise, or can no longer sign in: everywhere they stand. Pure.
import type { Author, Message, PersonChanged, Room } from "@/protocol/types";
import type { AppState, RoomState } from "./appState";

/** The author as they are called now, the same object where it is somebody else. */
function renamed(author: Author, { user, deactivated }: PersonChanged): Author {
  return author.id === user.id ? { ...author, name: user.display_name, deactivated } : author;
}

function inMessage(message: Message, change: PersonChanged): Message {
  const author = renamed(message.author, change);
  const quote = message.quote && { ...message.quote, author: renamed(message.quote.author, change) };
  const isSame = author === message.author && quote?.author === message.quote?.author;
  return isSame ? message : { ...message, author, quote };
}

function inRoomState(room: RoomState, change: PersonChanged): RoomState {
  const { user, deactivated } = change;
  const known = room.typing[user.id];
  return {
    ...room,
    messages: room.messages.map((message) => inMessage(message, change)),
    members: room.members.map((member) => (member.id === user.id ? { ...member, display_name: user.display_name, deactivated } : member)),
    typing: known ? { ...room.typing, [user.id]: { ...known, name: user.display_name } } : room.typing,
    replyTo: room.replyTo && { ...room.replyTo, author: renamed(room.replyTo.author, change) },
  };
}

/** A direct room is called by the other one in it. */
function withName(state: AppState, room: Room, { user }: PersonChanged): Room {
  const isTheirs = room.kind === "direct" && user.id !== state.session.user?.id && state.roomStates[room.id]?.members.some(({ id }) => id === user.id);
  return isTheirs ? { ...room, name: user.display_name } : room;
}

export function receivePerson(state: AppState, change: PersonChanged): AppState {
  const isMe = state.session.user?.id === change.user.id;
  return {
    ...state,
    session: isMe ? { ...state.session, user: change.user } : state.session,
    rooms: Object.fromEntries(Object.entries(state.rooms).map(([id, room]) => [id, withName(state, room, change)])),
    roomStates: Object.fromEntries(Object.entries(state.roomStates).map(([id, room]) => [id, inRoomState(room, change)])),
  };
}
