import type { ReactNode } from "react";
import { Button } from "./Button";
import type { List } from "./useList";

interface Props<T> {
  list: List<T>;
  empty: string;
  className: string;
  onRetry: () => void;
  children: (item: T) => ReactNode;
}

/** A list while it is loaded, when that failed, when it is empty, and when there is something in it. */
export function Listed<T>({ list, empty, className, onRetry, children }: Props<T>) {
  if (list === null) return <p className="muted" aria-busy="true">Loading…</p>;
  if ("error" in list) return <div className="note error" role="alert">{list.error} <Button isSmall onClick={onRetry}>Try again</Button></div>;
  return list.items.length === 0 ? <p className="muted">{empty}</p> : <ul className={className}>{list.items.map(children)}</ul>;
}
