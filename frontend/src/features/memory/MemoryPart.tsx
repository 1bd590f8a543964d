import { useEffect, useState } from "react";
import { notify } from "@/lib/notify";
import type { ReplyContext, RoomMemory } from "@/protocol/types";
import { kept } from "@/state/kept";
import { memory as memories } from "@/state/memory";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/TextArea";
import { UnsavedNote } from "@/ui/UnsavedNote";
import { emptyWords, madeWords, nowWords, textOf, unsavedWords } from "./memoryWords";
import "./memory.css";

interface Known {
  memory: RoomMemory;
  now: ReplyContext | null;
}

/** The note as it is now, asked for again whenever it has changed. */
function useMemoryOf(room: string): { known: Known | null; error: string | null; put: (memory: RoomMemory) => void } {
  const heard = useAppState((state) => state.memories[room] ?? 0);
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    Promise.all([memories.show(room), memories.now(room)]).then(
      ([memory, now]) => { if (!isOver) { setKnown({ memory, now }); setError(null); } },
      (cause: Error) => { if (!isOver) setError(cause.message); },
    );
    return () => { isOver = true; };
  }, [room, heard]);
  return { known, error, put: (memory) => setKnown((before) => before && { ...before, memory }) };
}

/** What was typed, and which version of the note it was to change. */
interface Draft {
  version: number;
  text: string;
}

const drafts = kept<Draft>("note-draft");

/** Kept on this device until it is saved or given up, whatever becomes of the panel. */
function useDraft(room: string): [Draft | null, (draft: Draft | null) => void] {
  const me = useAppState((state) => state.session.user?.id ?? "");
  const [draft, setDraft] = useState(() => drafts.read(me, room));
  return [draft, (next) => { drafts.write(me, room, next); setDraft(next); }];
}

interface EditorProps {
  memory: RoomMemory;
  text: string;
  onChange: (text: string) => void;
  onDone: (changed: RoomMemory | null) => void;
}

function Editor({ memory, text, onChange, onDone }: EditorProps) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function save() {
    setBusy(true);
    try {
      onDone(await memories.edit(memory, text));
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  return (
    <form className="memory-editor" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <TextArea label="The note" hint="It stays as you write it. The model goes on from there, and changes nothing of it." error={error} rows={8} autoFocus value={text} maxLength={memory.max_chars} data-testid="memory-text" onChange={(event) => onChange(event.target.value)} />
      <div className="actions"><Button onClick={() => onDone(null)}>Cancel</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="memory-save">Save</Button></div>
    </form>
  );
}

function Note({ memory }: { memory: RoomMemory }) {
  const text = textOf(memory);
  return (
    <>
      {memory.is_doubtful ? <p className="note" role="status" data-testid="memory-doubtful">A message that this note may tell of was edited or deleted. {memory.can_change ? "Read it through: edit it, or clear it." : "An owner of the room can edit or clear it."}</p> : null}
      {text ? <p className="memory-text" data-testid="memory-note">{text}</p> : <p className="muted" data-testid="memory-empty">{emptyWords(memory)}</p>}
      {text ? <p className="size">{madeWords(memory).join(" ")}</p> : null}
    </>
  );
}

interface ChoicesProps {
  memory: RoomMemory;
  draft: Draft | null;
  isFocused: boolean;
  onEdit: () => void;
  onForget: () => void;
  onClear: () => void;
}

/** What whoever may change the note can do with it. */
function Choices({ memory, draft, isFocused, onEdit, onForget, onClear }: ChoicesProps) {
  if (draft) return <UnsavedNote onOpen={onEdit} onForget={onForget}>{unsavedWords(memory, draft.version)}</UnsavedNote>;
  const hasText = textOf(memory) !== "";
  return (
    <div className="actions">
      <Button isSmall autoFocus={isFocused} data-testid="memory-edit" onClick={onEdit}>{hasText ? "Edit" : "Write it yourself"}</Button>
      {hasText ? <Button isSmall look="danger" data-testid="memory-clear" onClick={onClear}>Clear</Button> : null}
    </div>
  );
}

/** What models remember of a room beyond what they can read at once. Everybody sees it; who may, changes it. */
export default function MemoryPart({ room }: { room: string }) {
  const { known, error, put } = useMemoryOf(room);
  const [edited, setEdited] = useState<RoomMemory | null>(null);
  const [draft, keep] = useDraft(room);
  const [wasEdited, setWasEdited] = useState(false);
  async function act(work: () => Promise<RoomMemory>, done: string) {
    try {
      put(await work());
      notify("success", done);
    } catch (cause) {
      notify("error", (cause as Error).message);
    }
  }
  function onEdited(changed: RoomMemory | null) {
    if (changed) put(changed);
    keep(null);
    setEdited(null);
    setWasEdited(true);
  }
  if (error && !known) return <p className="note error" role="alert">{error}</p>;
  if (!known) return <p className="muted" role="status">Loading…</p>;
  const { memory, now } = known;
  return (
    <div className="memory-part" data-testid="memory-part">
      <p className="muted">Older messages do not fit into what a model reads at once. It is given this note of them instead, and everybody in the room can see it.</p>
      {memory.can_change ? (
        <label className="switch-row">
          <span><b>Keep a note of older messages</b><span>The room’s model writes it when it has nothing else to do.</span></span>
          <input type="checkbox" role="switch" checked={memory.is_on} data-testid="memory-switch" onChange={(event) => void act(() => memories.turn(room, event.target.checked), memory.is_on ? "The note is not used any more" : "The note is used again")} />
        </label>
      ) : null}
      {edited ? <Editor memory={edited} text={draft?.text ?? textOf(edited)} onChange={(text) => keep({ version: edited.version, text })} onDone={onEdited} /> : <Note memory={memory} />}
      {memory.can_change && !edited ? <Choices memory={memory} draft={draft} isFocused={wasEdited} onEdit={() => setEdited(memory)} onForget={() => keep(null)} onClear={() => void act(() => memories.clear(room), "The note is cleared")} /> : null}
      <p className="size" data-testid="memory-now"><b>What a model would read now:</b> {nowWords(now)}</p>
    </div>
  );
}
