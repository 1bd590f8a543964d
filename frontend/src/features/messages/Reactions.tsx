import type { Message, Reaction } from "@/protocol/types";
import { EMPTY_ROOM } from "@/state/appState";
import { messageActions } from "@/state/messageActions";
import { useAppState } from "@/state/useAppState";
import { whoReacted } from "./reactionWords";
import { useRights } from "./useRights";

/** Under a message: each emoji with its count; pressing puts the own one there or takes it away. */
export function Reactions({ message }: { message: Message }) {
  if (message.reactions.length === 0) return null;
  return (
    <ul className="reactions" aria-label="Reactions" data-testid="reactions">
      {message.reactions.map((reaction) => <li key={reaction.emoji}><ReactionButton message={message} reaction={reaction} /></li>)}
    </ul>
  );
}

function ReactionButton({ message, reaction }: { message: Message; reaction: Reaction }) {
  const me = useAppState((state) => state.session.user?.id ?? "");
  const members = useAppState((state) => (state.roomStates[message.room] ?? EMPTY_ROOM).members);
  const { emoji, users } = reaction;
  const isMine = users.includes(me);
  const { canWrite } = useRights(message);
  const who = whoReacted(reaction, me, members);
  return (
    <button
      type="button" className="reaction" data-testid="reaction" data-emoji={emoji} aria-pressed={isMine} aria-label={`${emoji} ${users.length}: ${who}`} data-tip={who}
      disabled={!canWrite} onClick={() => void messageActions.react(message, emoji, !isMine)}
    >
      <span aria-hidden="true">{emoji}</span> {users.length}
    </button>
  );
}
