import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import type { Template } from "@/protocol/types";
import { kept } from "@/state/kept";
import { templates } from "@/state/templates";
import { useAppState } from "@/state/useAppState";
import { useTemplates } from "@/state/useTemplates";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { UnsavedNote } from "@/ui/UnsavedNote";
import { copyOf, type Draft, draftOf } from "./draft";
import { TemplateEditor } from "./TemplateEditor";
import { type TemplateAct, TemplateRow } from "./TemplateRow";
import { TemplateVersions } from "./TemplateVersions";
import "./templates.css";

/** What is open instead of the list. */
type View = { name: "editor"; template: Template | null; draft: Draft } | { name: "versions"; template: Template } | null;
type Act = (act: TemplateAct, template: Template) => void;
type Unsaved = Extract<View, { name: "editor" }>;

const memory = kept<Unsaved>("template-draft");

const WORDS = {
  room: { intro: "Everybody in this room can put a message into these, by typing /.", empty: "This room has no templates yet. Make one, or begin with a copy of one below." },
  member: { intro: "Owners of this room make these. What you copy becomes yours.", empty: "This room has no templates yet." },
  own: { intro: "You alone see these, in every room, by typing /.", empty: "You have no templates of your own yet. Make one, or begin with a copy of one below." },
};

/** What is being written, kept on this device until it is saved or given up. */
function useView(room: string) {
  const me = useAppState((state) => state.session.user?.id ?? "");
  const [view, setView] = useState<View>(null);
  const [unsaved, setUnsaved] = useState(() => memory.read(me, room));
  function keep(next: Unsaved | null) {
    memory.write(me, room, next);
    setUnsaved(next);
  }
  return {
    view, unsaved, show: setView,
    write(next: Unsaved) { setView(next); keep(next); },
    close() { setView(null); keep(null); },
    forget: () => keep(null),
  };
}

/** Those that one can begin with a copy of. */
function Others({ heading, items, onAct }: { heading: string; items: Template[]; onAct: Act }) {
  if (items.length === 0) return null;
  return <><h3>{heading}</h3><ul className="template-list">{items.map((template) => <TemplateRow key={template.id} template={{ ...template, can_change: false }} onAct={onAct} />)}</ul></>;
}

/** Those of the room, or ("") one's own; after them the others that one has. */
function Lists({ room, empty, onAct }: { room: string; empty: string; onAct: Act }) {
  const { phase, list, error } = useTemplates(room, true);
  const of = (scope: Template["scope"]) => list.filter((template) => template.scope === scope);
  const isThere = phase === "ready" || list.length > 0;
  const here = isThere ? { items: of(room ? "room" : "own") } : error ? { error } : null;
  return (
    <>
      <Listed list={here} empty={empty} className="template-list" onRetry={() => void templates.load(room)}>{(template) => <TemplateRow key={template.id} template={template} onAct={onAct} />}</Listed>
      {room ? <Others heading="Yours" items={of("own")} onAct={onAct} /> : null}
      <Others heading="From the server" items={of("built_in")} onAct={onAct} />
    </>
  );
}

/** The templates of a room, or ("") one's own: made, changed, copied, deleted. */
export default function TemplatesPart({ room }: { room: string }) {
  const { view, unsaved, show, write, close, forget } = useView(room);
  const canMake = useAppState((state) => room === "" || (state.rooms[room]?.role === "owner" && !state.rooms[room]?.is_archived));
  const [wasOpen, setWasOpen] = useState(false);
  useEffect(() => { if (view) setWasOpen(true); }, [view]);
  const begin = (template: Template | null, draft: Draft) => show({ name: "editor", template, draft });
  function act(name: TemplateAct, template: Template) {
    if (name === "versions") show({ name: "versions", template });
    else if (name === "edit") begin(template, draftOf(template));
    else begin(null, copyOf(template));
  }
  if (view?.name === "editor") return <TemplateEditor room={canMake ? room : ""} template={view.template} draft={view.draft} onChange={(draft) => write({ ...view, draft })} onBack={() => show(null)} onDone={close} />;
  if (view?.name === "versions") return <TemplateVersions template={view.template} onDone={() => show(null)} />;
  const words = WORDS[room === "" ? "own" : canMake ? "room" : "member"];
  return (
    <div className="templates-part" data-testid="templates-part">
      <p className="intro">{words.intro}</p>
      {unsaved ? <UnsavedNote onOpen={() => show(unsaved)} onForget={forget}>You were writing “{unsaved.draft.title || "a template"}”.</UnsavedNote> : null}
      {canMake ? <Button look="primary" isSmall autoFocus={wasOpen} className="new-template" data-testid="new-template" onClick={() => begin(null, draftOf(null))}><Plus size={15} aria-hidden="true" /> New template</Button> : null}
      <Lists room={room} empty={words.empty} onAct={act} />
    </div>
  );
}
