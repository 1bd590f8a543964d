import * as Menu from "@radix-ui/react-dropdown-menu";
import { Copy, Link, MailOpen, MoreHorizontal, Pencil, Pin, PinOff, RefreshCw, Reply, SmilePlus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import type { Message } from "@/protocol/types";
import { messageActions } from "@/state/messageActions";
import { outgoing } from "@/state/outgoing";
import { rooms } from "@/state/rooms";
import { Dialog } from "@/ui/Dialog";
import { IconButton } from "@/ui/IconButton";
import { copyAndSay, permalink } from "./copyMessage";
import { DeleteDialog } from "./DeleteDialog";
import { EmojiPicker } from "./EmojiPicker";
import { canRegenerate } from "./messageRights";
import { useRights } from "./useRights";

const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

interface Props {
  message: Message;
  onReact: (emoji: string) => void;
}

/** Loaded on the first click on "More", and opens at once. On a phone everything is here. */
export default function MessageMenu({ message, onReact }: Props) {
  const [dialog, setDialog] = useState<"emoji" | "delete" | null>(null);
  const { canWrite, canEdit, canDelete, canUnread } = useRights(message);
  const keepsFocus = useRef(false);
  const close = () => setDialog(null);
  /** Where something else takes the focus, it does not return to the button. */
  const leave = (run: () => void) => () => { keepsFocus.current = true; run(); };
  return (
    <>
      <Menu.Root defaultOpen modal={false}>
        <Menu.Trigger asChild><IconButton isSmall label="More" data-testid="message-menu" tipAlign="end"><MoreHorizontal size={15} /></IconButton></Menu.Trigger>
        <Menu.Portal container={document.querySelector("main")}>
          <Menu.Content
            className="menu" side="bottom" align="end" sideOffset={4} collisionPadding={8} aria-label="Message"
            onCloseAutoFocus={(event) => { if (keepsFocus.current) event.preventDefault(); keepsFocus.current = false; }}
          >
            {canWrite ? (
              <>
                <Menu.Group className="quick-emoji" aria-label="React">
                  {QUICK.map((emoji) => <Menu.Item key={emoji} className="menu-item" aria-label={`React with ${emoji}`} data-testid="quick-emoji" data-emoji={emoji} onSelect={() => onReact(emoji)}>{emoji}</Menu.Item>)}
                </Menu.Group>
                <Menu.Item className="menu-item" data-testid="menu-react" onSelect={leave(() => setDialog("emoji"))}><SmilePlus size={15} aria-hidden="true" />Another reaction…</Menu.Item>
                <Menu.Separator className="menu-line" />
                <Menu.Item className="menu-item" data-testid="menu-reply" onSelect={leave(() => messageActions.startReply(message))}><Reply size={15} aria-hidden="true" />Reply</Menu.Item>
              </>
            ) : null}
            {canEdit ? <Menu.Item className="menu-item" data-testid="edit-message" onSelect={leave(() => messageActions.startEdit(message))}><Pencil size={15} aria-hidden="true" />Edit<kbd className="end">↑</kbd></Menu.Item> : null}
            {message.content ? <Menu.Item className="menu-item" data-testid="menu-copy" onSelect={() => void copyAndSay(message.content, "Copied")}><Copy size={15} aria-hidden="true" />Copy text</Menu.Item> : null}
            <Menu.Item className="menu-item" data-testid="copy-link" onSelect={() => void copyAndSay(permalink(message), "Link copied")}><Link size={15} aria-hidden="true" />Copy link</Menu.Item>
            {canUnread ? <Menu.Item className="menu-item" data-testid="mark-unread" onSelect={() => void rooms.markUnread(message)}><MailOpen size={15} aria-hidden="true" />Mark as unread</Menu.Item> : null}
            {canWrite ? (
              <Menu.Item className="menu-item" data-testid="pin-message" onSelect={() => void messageActions.pin(message, !message.pinned_at)}>
                {message.pinned_at ? <><PinOff size={15} aria-hidden="true" />Unpin</> : <><Pin size={15} aria-hidden="true" />Pin</>}
              </Menu.Item>
            ) : null}
            {canWrite && canRegenerate(message) ? <Menu.Item className="menu-item" data-testid="menu-regenerate" onSelect={() => void outgoing.regenerate(message.id)}><RefreshCw size={15} aria-hidden="true" />Regenerate</Menu.Item> : null}
            {canDelete ? (
              <>
                <Menu.Separator className="menu-line" />
                <Menu.Item className="menu-item danger" data-testid="delete-message" onSelect={leave(() => setDialog("delete"))}><Trash2 size={15} aria-hidden="true" />Delete…</Menu.Item>
              </>
            ) : null}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      {dialog === "emoji" ? <Dialog title="Choose a reaction" onClose={close}><EmojiPicker onPick={(emoji) => { close(); onReact(emoji); }} /></Dialog> : null}
      {dialog === "delete" ? <DeleteDialog message={message} onClose={close} /> : null}
    </>
  );
}
