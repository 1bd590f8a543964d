import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

export interface Tab {
  id: string;
  label: string;
  content: ReactNode;
}

/** One part of several; arrow keys go from tab to tab. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const id = useId();
  const [at, setAt] = useState(0);
  function onKeyDown(event: KeyboardEvent<HTMLButtonElement>) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (at + step + tabs.length) % tabs.length;
    setAt(next);
    event.currentTarget.parentElement?.querySelectorAll("button")[next]?.focus();
  }
  const shown = tabs[at];
  return (
    <>
      <div role="tablist" aria-label={label} className="tabs">
        {tabs.map((tab, index) => (
          <button
            key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`} aria-selected={index === at} aria-controls={index === at ? `${id}-panel` : undefined} tabIndex={index === at ? 0 : -1}
            data-testid={`tab-${tab.id}`} onClick={() => setAt(index)} onKeyDown={onKeyDown}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {shown ? <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.id}`} className="tab-panel">{shown.content}</div> : null}
    </>
  );
}
