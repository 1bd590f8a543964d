"""Which wire model belongs to which Socket.IO event name; the front end's types are generated from this list."""

from chat import wire

CLIENT_EVENTS: dict[str, type[wire.In]] = {
    "join_room": wire.JoinRoom,
    "leave_room": wire.LeaveRoom,
    "send_message": wire.SendMessage,
    "edit_message": wire.EditMessage,
    "delete_message": wire.DeleteMessage,
    "react": wire.React,
    "pin_message": wire.PinMessage,
    "typing": wire.Typing,
    "set_presence": wire.SetPresence,
    "llm_request": wire.LlmRequest,
    "stop_reply": wire.StopReply,
    "regenerate": wire.Regenerate,
    "continue_reply": wire.ContinueReply,
    "mark_read": wire.MarkRead,
    "watch_queue": wire.WatchQueue,
    "mark_unread": wire.MarkUnread,
}
SERVER_EVENTS: dict[str, type[wire.Out]] = {
    "setup": wire.Setup,
    "message": wire.Message,
    "message_status": wire.MessageStatusEvent,
    "message_updated": wire.MessageUpdated,
    "message_deleted": wire.MessageDeleted,
    "reaction": wire.ReactionEvent,
    "typing": wire.TypingEvent,
    "presence": wire.PresenceEvent,
    "llmStatus": wire.LlmStatus,
    "llm_chunk": wire.LlmChunk,
    "room_updated": wire.RoomUpdated,
    "room_gone": wire.RoomGone,
    "member_joined": wire.MemberJoined,
    "member_updated": wire.MemberUpdated,
    "member_left": wire.MemberLeft,
    "models_changed": wire.ModelsChanged,
    "model_progress": wire.ModelProgress,
    "queue_changed": wire.QueueChanged,
    "server_restarting": wire.ServerRestarting,
}
