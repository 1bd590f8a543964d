import { type KeyboardEvent, type Ref, type RefObject, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Template } from "@/protocol/types";
import { beginTemplate, firstWrong } from "@/state/filledTemplate";
import { useAppState } from "@/state/useAppState";
import { useEnterSends } from "@/state/useEnterSends";
import { useGeneration } from "@/state/useGeneration";
import { useAutoGrow } from "@/ui/useAutoGrow";
import "./composer.css";
import { ComposerEnd } from "./ComposerEnd";
import { ComposerHint } from "./ComposerHint";
import { ComposerTools } from "./ComposerTools";
import { coldModel } from "./coldModel";
import { composerKey } from "./composerKey";
import { closedEmoji } from "./emojiSuggestions";
import { FileChips } from "./FileChips";
import { actOnMessages } from "./messageKeys";
import { ReplyBar } from "./ReplyBar";
import type { Command, Suggestion } from "./suggestion";
import { TemplateForm } from "./TemplateForm";
import { TriggerList } from "./TriggerList";
import { completed } from "./trigger";
import { type Draft, useDraft } from "./useDraft";
import { useFiles } from "./useFiles";
import { useFocusReturn } from "./useFocusReturn";
import { useSending } from "./useSending";
import { useTriggers } from "./useTriggers";
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
  /** What can be done here besides writing, by `/name`. */
  commands?: readonly Command[];
  ref?: Ref<ComposerHandle>;
}

const NO_COMMANDS: readonly Command[] = [];

/** What is written, by the keyboard (`change`) or for somebody (`put`, which takes the focus and the caret there). */
function useWriting(roomId: string, userId: string) {
  const draft = useDraft(userId, roomId);
  const field = useAutoGrow(draft.text);
  const typing = useTypingSignal(roomId);
  const models = useAppState((state) => state.models);
  const isAnswered = useAppState((state) => state.rooms[roomId]?.reply_policy !== "off");
  const [{ model }] = useGeneration(userId, roomId);
  const [placed, setPlaced] = useState<{ at: number } | null>(null);
  function change(value: string, at: number) {
    draft.write(value, at);
    if (value.trim() === "") typing.stop();
    else typing.type(coldModel(value, models, isAnswered ? model : null));
  }
  function put(value: string, at = value.length) {
    change(value, at);
    setPlaced({ at });
    field.current?.focus();
  }
  // Before the next key, which may come at once.
  useLayoutEffect(() => { if (placed) field.current?.setSelectionRange(placed.at, placed.at); }, [placed, field]);
  useEffect(() => {
    // With a keyboard at hand the composer is where one starts; on a phone this would open the keyboard over the room.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [field]);
  useFocusReturn(roomId, field);
  return { draft, field, stopTyping: typing.stop, change, put };
}

type Put = (value: string, at?: number) => void;

/** What taking something from the list does. */
function useTaking(draft: Draft, triggers: ReturnType<typeof useTriggers>, put: Put, box: RefObject<HTMLElement | null>) {
  const [first, setFirst] = useState<{ name: string } | null>(null);
  function begin(chosen: Template) {
    const filled = beginTemplate(chosen);
    draft.setTemplate(filled);
    const missing = firstWrong(filled);
    setFirst(missing ? { name: missing.name } : null);
  }
  // What must be filled in is where one goes on.
  useLayoutEffect(() => { if (first) box.current?.querySelector<HTMLElement>(`[name="${first.name}"]`)?.focus(); }, [first, box]);
  return (suggestion: Suggestion | undefined) => {
    if (!triggers.trigger || !suggestion) return;
    const { take } = suggestion;
    const done = "insert" in take ? completed(draft.text, draft.caret, triggers.trigger, take.insert) : { text: "", caret: 0 };
    put(done.text, done.caret);
    if ("template" in take) begin(take.template);
    if ("run" in take) take.run();
  };
}

/** Where one writes. It never waits for the network: a sent text is in the outbox at once. */
export function Composer({ roomId, roomName, hint, userId, commands = NO_COMMANDS, ref }: Props) {
  const { draft, field, stopTyping, change, put } = useWriting(roomId, userId);
  const { text, caret, template } = draft;
  const box = useRef<HTMLDivElement>(null);
  const [isFocused, setFocused] = useState(false);
  const [isGenerationOpen, setGenerationOpen] = useState(false);
  const enterSends = useEnterSends();
  const sending = useSending(roomId, userId, draft, box);
  const all = useMemo(() => [{ name: "settings", note: "Choose the model and how it answers", run: () => setGenerationOpen(true) }, ...commands], [commands]);
  const triggers = useTriggers(roomId, text, caret, all);
  const listId = useId();
  const isListOpen = isFocused && triggers.items.length > 0;
  const focus = () => field.current?.focus();
  const files = useFiles(draft, sending.limit, focus);
  const take = useTaking(draft, triggers, put, box);
  useImperativeHandle(ref, () => ({ fill: put, focus }));

  function send() {
    if (!sending.send()) return;
    stopTyping();
    focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const { key, shiftKey, altKey, ctrlKey, metaKey, keyCode } = event;
    const act = composerKey({ key, shiftKey, altKey, ctrlKey, metaKey, keyCode, isComposing: event.nativeEvent.isComposing }, isListOpen, enterSends);
    if (act === "none" && actOnMessages(event, roomId, draft.isEmpty)) {
      event.stopPropagation();
      return event.preventDefault();
    }
    // The browser makes the line by itself, except with Alt.
    if (act === "none" || (act === "newline" && !altKey)) return;
    event.preventDefault();
    // The page has its own use for Esc.
    event.stopPropagation();
    if (act === "send") send();
    else if (act === "newline") put(`${text.slice(0, caret)}\n${text.slice(caret)}`, caret + 1);
    else if (act === "list-take") take(triggers.items[triggers.at]);
    else if (act === "list-close") triggers.close();
    else triggers.move(act === "list-up" ? -1 : 1);
  }

  return (
    <div className="composer-box" ref={box}>
      {sending.replyTo ? <ReplyBar roomId={roomId} quote={sending.replyTo} /> : null}
      {template ? <TemplateForm filled={template} isChecked={sending.isChecked} onChange={draft.setTemplate} onDone={focus} onRemove={() => { draft.setTemplate(null); focus(); }} /> : null}
      {isFocused ? <TriggerList id={listId} triggers={triggers} onTake={take} /> : null}
      <textarea
        ref={field} rows={1} value={text} data-testid="composer" placeholder={template?.template.placeholder || hint} aria-label={`Message ${roomName}`}
        aria-autocomplete="list" aria-haspopup="listbox"
        {...(isListOpen ? { "aria-controls": listId, "aria-activedescendant": `${listId}-${triggers.at}` } : {})}
        onChange={({ target: { value, selectionStart }, nativeEvent }) => {
          const closed = value.length > text.length && !(nativeEvent as InputEvent).isComposing ? closedEmoji(value, selectionStart, triggers.emoji) : null;
          if (closed) put(closed.text, closed.caret);
          else change(value, selectionStart);
        }}
        onSelect={(event) => draft.setCaret(event.currentTarget.selectionStart)} onPaste={files.onPaste}
        onKeyDown={onKeyDown} onFocus={() => setFocused(true)} onBlur={() => { setFocused(false); stopTyping(); }}
      />
      <FileChips files={draft.files} onRemove={(file) => { draft.removeFile(file); focus(); }} />
      <div className="composer-tools">
        <ComposerTools
          roomId={roomId} userId={userId} isGenerationOpen={isGenerationOpen} onGeneration={setGenerationOpen} onFiles={files.add}
          onMention={() => put(`${text}${text && !/\s$/.test(text) ? " " : ""}@`)} onTemplate={text.trim() === "" ? () => put("/") : null}
        />
        <ComposerHint enterSends={enterSends} />
        <ComposerEnd {...sending} onSend={send} />
      </div>
      <span className="sr-only" role="status">{isListOpen ? `${triggers.items.length} to choose from` : ""}</span>
      {files.isOver ? <p className="drop-here">Drop text files to put them into the message</p> : null}
    </div>
  );
}
