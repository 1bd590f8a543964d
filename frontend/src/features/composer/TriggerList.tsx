import { Hash, Lock, Sparkles, Terminal } from "lucide-react";
import { useEffect, useRef } from "react";
import { Avatar } from "@/ui/Avatar";
import type { Suggestion } from "./suggestion";
import type { Sign } from "./trigger";
import type { useTriggers } from "./useTriggers";

const LABELS: Record<Sign, string> = { "@": "Agents, models and people", "#": "Rooms", ":": "Emoji", "/": "Templates and commands" };
const ICONS = { public: Hash, private: Lock, template: Sparkles, command: Terminal };

function Mark({ mark }: Pick<Suggestion, "mark">) {
  if (mark.kind === "emoji") return <span className="trigger-mark emoji" aria-hidden="true">{mark.emoji}</span>;
  if (mark.kind === "person" || mark.kind === "model" || mark.kind === "agent") return <Avatar id={mark.id} name={mark.name} kind={mark.kind} isSmall />;
  const Icon = ICONS[mark.kind];
  return <span className="trigger-mark"><Icon size={15} aria-hidden="true" /></span>;
}

interface Props {
  id: string;
  triggers: Pick<ReturnType<typeof useTriggers>, "trigger" | "items" | "note" | "at" | "point">;
  onTake: (suggestion: Suggestion) => void;
}

/** What can be taken; the keyboard stays in the text field, which points here by aria-activedescendant. */
export function TriggerList({ id, triggers: { trigger, items, note, at, point }, onTake }: Props) {
  const list = useRef<HTMLDivElement>(null);
  // Newer browsers give a promise here, which is not what an effect may return.
  useEffect(() => { list.current?.children[at]?.scrollIntoView({ block: "nearest" }); }, [at]);
  if (!trigger || (items.length === 0 && !note)) return null;
  return (
    <div className="trigger-box" data-testid="trigger-list" data-sign={trigger.sign}>
      <div ref={list} className="trigger-list" role="listbox" id={id} aria-label={LABELS[trigger.sign]}>
        {items.map((item, index) => (
          <button
            type="button" tabIndex={-1} key={item.key} id={`${id}-${index}`} role="option" aria-selected={index === at} data-testid="trigger-option"
            onMouseDown={(event) => event.preventDefault()} onMouseMove={() => point(index)} onClick={() => onTake(item)}
          >
            <Mark mark={item.mark} /><b>{item.label}</b><span className="trigger-note">{item.note}</span>{item.tag ? <span className="trigger-tag">{item.tag}</span> : null}
          </button>
        ))}
      </div>
      {note ? <p className="trigger-status" role="status">{note}</p> : null}
      <p className="trigger-keys" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Tab</kbd> takes <kbd>Esc</kbd> closes</p>
    </div>
  );
}
