import { Avatar } from "@/ui/Avatar";
import type { Choice } from "./mentionChoices";

interface Props {
  id: string;
  choices: readonly Choice[];
  at: number;
  onTake: (choice: Choice) => void;
  onPoint: (index: number) => void;
}

/** Who can be mentioned; the keyboard stays in the text field, which points here by aria-activedescendant. */
export function MentionList({ id, choices, at, onTake, onPoint }: Props) {
  return (
    <div className="mention-list" role="listbox" id={id} aria-label="Mention" data-testid="mention-list">
      {choices.map((choice, index) => (
        <button
          type="button" tabIndex={-1} key={choice.handle} id={`${id}-${index}`} role="option" aria-selected={index === at} data-testid="mention-option"
          onMouseDown={(event) => event.preventDefault()} onMouseMove={() => onPoint(index)} onClick={() => onTake(choice)}
        >
          <Avatar id={choice.id} name={choice.name} kind={choice.kind} isSmall />
          <b>@{choice.handle}</b><span>{choice.kind === "model" ? `model · ${choice.note}` : choice.name}</span>
        </button>
      ))}
    </div>
  );
}
