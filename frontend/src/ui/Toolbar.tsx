import { type FocusEvent, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function buttonsOf(bar: HTMLElement): HTMLButtonElement[] {
  return Array.from(bar.querySelectorAll<HTMLButtonElement>("button:not(:disabled)"));
}

/** Of all buttons Tab comes to one. */
function letTabComeTo(bar: HTMLElement, chosen: Element | undefined): void {
  for (const button of buttonsOf(bar)) button.tabIndex = button === chosen ? 0 : -1;
}

interface Props {
  label: string;
  className: string;
  children: ReactNode;
}

/** Buttons that are one stop of the Tab key, the one used last; the arrow keys go from one to the next. */
export function Toolbar({ label, className, children }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const buttons = bar.current ? buttonsOf(bar.current) : [];
    if (bar.current) letTabComeTo(bar.current, buttons.find((button) => button === document.activeElement) ?? buttons[0]);
  });
  // A menu that was opened from here is drawn elsewhere, but tells of its keys here, too.
  const isHere = ({ currentTarget, target }: FocusEvent | KeyboardEvent) => currentTarget.contains(target as Node);
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const step = STEPS[event.key];
    if (!step || !isHere(event) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const buttons = buttonsOf(event.currentTarget);
    const at = buttons.findIndex((button) => button === document.activeElement);
    event.preventDefault();
    event.stopPropagation();
    buttons[step(at, buttons.length)]?.focus();
  }
  return (
    <div ref={bar} role="toolbar" aria-label={label} className={className} onKeyDown={onKeyDown} onFocus={(event) => { if (isHere(event)) letTabComeTo(event.currentTarget, event.target); }}>
      {children}
    </div>
  );
}
