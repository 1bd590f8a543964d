import { AtSign } from "lucide-react";
import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { drafts } from "@/state/drafts";
import { messageActions } from "@/state/messageActions";
import { outgoing } from "@/state/outgoing";
import { useAppState } from "@/state/useAppState";
import { useEnterSends } from "@/state/useEnterSends";
import { IconButton } from "@/ui/IconButton";
import "./composer.css";
import { ComposerEnd } from "./ComposerEnd";
import { ComposerHint } from "./ComposerHint";
import { coldMention } from "./coldMention";
import { composerKey } from "./composerKey";
import { MentionList } from "./MentionList";
import { actOnMessages } from "./messageKeys";
import type { Choice } from "./mentionChoices";
import { ReplyBar } from "./ReplyBar";
import { useCooldown } from "./useCooldown";
import { useFocusReturn } from "./useFocusReturn";
import { useMentions } from "./useMentions";
import { useTypingSignal } from "./useTypingSignal";

export interface ComposerHandle {
  fill: (text: string) => void;
  focus: () => void;
}

interface Props {
  roomId: string;
  roomName: string;
  hint: string;
  userId: string;
  ref?: Ref<ComposerHandle>;
}

const MAX_HEIGHT_PX = 260;

function useAutoGrow(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  return field;
}

/** Where one writes. It never waits for the network: a sent text is in the outbox at once. */
export function Composer({ roomId, roomName, hint, userId, ref }: Props) {
  const [text, setText] = useState(() => drafts.read(userId, roomId));
  const [caret, setCaret] = useState(text.length);
  const [isFocused, setFocused] = useState(false);
  const field = useAutoGrow(text);
  const limit = useAppState((state) => state.server.max_message_chars);
  const wait = useCooldown(roomId);
  const typing = useTypingSignal(roomId);
  const models = useAppState((state) => state.models);
  const enterSends = useEnterSends();
  const replyTo = useAppState((state) => state.roomStates[roomId]?.replyTo ?? null);
  const mentions = useMentions(roomId, text, caret);
  const listId = useId();
  const isListOpen = isFocused && mentions.choices.length > 0;
  const length = Array.from(text.trim()).length;
  const canSend = length > 0 && length <= limit && wait === 0;

  function change(value: string, at: number) {
    setText(value);
    setCaret(at);
    drafts.write(userId, roomId, value);
    if (value.trim() === "") typing.stop();
    else typing.type(coldMention(value, models));
  }

  function put(value: string, at = value.length) {
    change(value, at);
    field.current?.focus();
    requestAnimationFrame(() => field.current?.setSelectionRange(at, at));
  }

  useImperativeHandle(ref, () => ({ fill: put, focus: () => field.current?.focus() }));
  // With a keyboard at hand the composer is where one starts; on a phone this would open the keyboard over the room.
  useEffect(() => { if (matchMedia("(hover: hover)").matches) field.current?.focus(); }, [field]);
  useFocusReturn(roomId, field);

  function send() {
    if (!canSend) return;
    outgoing.send(roomId, text.trim(), replyTo);
    messageActions.endReply(roomId);
    typing.stop();
    setText("");
    setCaret(0);
    drafts.write(userId, roomId, "");
    field.current?.focus();
  }

  const take = (choice: Choice) => {
    const inserted = mentions.insert(choice);
    put(inserted.text, inserted.caret);
  };

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const { key, shiftKey, altKey, ctrlKey, metaKey, keyCode } = event;
    const act = composerKey({ key, shiftKey, altKey, ctrlKey, metaKey, keyCode, isComposing: event.nativeEvent.isComposing }, isListOpen, enterSends);
    if (act === "none" && actOnMessages(event, roomId, text === "")) {
      event.stopPropagation();
      return event.preventDefault();
    }
    // The browser makes the line by itself, except with Alt.
    if (act === "none" || (act === "newline" && !altKey)) return;
    event.preventDefault();
    const choice = mentions.choices[mentions.at];
    if (act === "send") send();
    else if (act === "newline") put(`${text.slice(0, caret)}\n${text.slice(caret)}`, caret + 1);
    else if (act === "list-take" && choice) take(choice);
    else if (act === "list-close") mentions.close();
    else mentions.move(act === "list-up" ? -1 : 1);
  }

  return (
    <div className="composer-box">
      {replyTo ? <ReplyBar roomId={roomId} quote={replyTo} /> : null}
      {isListOpen ? <MentionList id={listId} choices={mentions.choices} at={mentions.at} onTake={take} onPoint={mentions.point} /> : null}
      <textarea
        ref={field} rows={1} value={text} data-testid="composer" placeholder={hint} aria-label={`Message ${roomName}`}
        aria-autocomplete="list" aria-haspopup="listbox"
        {...(isListOpen ? { "aria-controls": listId, "aria-activedescendant": `${listId}-${mentions.at}` } : {})}
        onChange={(event) => change(event.target.value, event.target.selectionStart)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown} onFocus={() => setFocused(true)} onBlur={() => { setFocused(false); typing.stop(); }}
      />
      <div className="composer-tools">
        <IconButton isSmall label="Mention a model or a person" data-testid="mention-button" onClick={() => put(`${text}${text && !/\s$/.test(text) ? " " : ""}@`)}><AtSign size={16} /></IconButton>
        <ComposerHint enterSends={enterSends} />
        <ComposerEnd length={length} limit={limit} wait={wait} canSend={canSend} onSend={send} />
      </div>
    </div>
  );
}
