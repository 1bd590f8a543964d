import { Check, Copy, MoreHorizontal, RefreshCw, Reply, SmilePlus } from "lucide-react";
import { Suspense, useState } from "react";
import type { Message } from "@/protocol/types";
import { messageActions } from "@/state/messageActions";
import { outgoing } from "@/state/outgoing";
import { IconButton } from "@/ui/IconButton";
import { lazily } from "@/ui/lazily";
import { Toolbar } from "@/ui/Toolbar";
import { copyAndSay } from "./copyMessage";
import { canRegenerate } from "./messageRights";
import { myReactions } from "./reactionWords";
import { useRights } from "./useRights";

const EmojiPopover = lazily(() => import("./EmojiPopover"));
const MessageMenu = lazily(() => import("./MessageMenu"));

function CopyButton({ message }: { message: Message }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    setCopied(await copyAndSay(message.content, "Copied"));
    setTimeout(() => setCopied(false), 1_600);
  }
  return (
    <IconButton isSmall label={isCopied ? "Copied" : "Copy text"} data-testid="copy" tipAlign="end" onClick={() => void copy()}>
      {isCopied ? <Check size={15} /> : <Copy size={15} />}
    </IconButton>
  );
}

/** What can be done with a settled message; shown on hover and when the focus is in the row. On a phone only the menu is. */
export function RowActions({ message, me }: { message: Message; me: string }) {
  const [opened, setOpened] = useState({ emoji: false, menu: false });
  const { canWrite } = useRights(message);
  const react = (emoji: string) => void messageActions.react(message, emoji, !myReactions(message, me).has(emoji));
  const emojiButton = <IconButton isSmall label="React" data-testid="react" tipAlign="end" onClick={() => setOpened({ ...opened, emoji: true })}><SmilePlus size={15} /></IconButton>;
  const menuButton = <IconButton isSmall label="More" data-testid="message-menu" tipAlign="end" onClick={() => setOpened({ ...opened, menu: true })}><MoreHorizontal size={15} /></IconButton>;
  return (
    <Toolbar className="row-actions" label={`Actions for the message of ${message.author.name}`}>
      {canWrite && (opened.emoji ? <Suspense fallback={emojiButton}><EmojiPopover onPick={react} /></Suspense> : emojiButton)}
      {canWrite ? <IconButton isSmall label="Reply" data-testid="reply" tipAlign="end" onClick={() => messageActions.startReply(message)}><Reply size={15} /></IconButton> : null}
      {message.content ? <CopyButton message={message} /> : null}
      {canWrite && canRegenerate(message) ? (
        <IconButton isSmall label="Regenerate" data-testid="regenerate" tipAlign="end" onClick={() => void outgoing.regenerate(message.id)}><RefreshCw size={15} /></IconButton>
      ) : null}
      {opened.menu ? <Suspense fallback={menuButton}><MessageMenu message={message} onReact={react} /></Suspense> : menuButton}
    </Toolbar>
  );
}
