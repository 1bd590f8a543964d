import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import type { Pages } from "./usePages";

interface Props<T> {
  label: string;
  pages: Pages<T>;
  empty: string;
  children: (item: T) => ReactNode;
}

/** A long list in all its states: loading, failed, empty, and with a button for what comes after. */
export function PagedList<T>({ label, pages, empty, children }: Props<T>) {
  const { items, error, isBusy, more, reload } = pages;
  const failed = error ? <div className="note error" role="alert">{error} <Button isSmall onClick={reload}>Try again</Button></div> : null;
  if (items === null) return failed ?? <p className="muted" aria-busy="true">Loading…</p>;
  return (
    <>
      {failed}
      {items.length === 0 ? <p className="muted admin-empty" role="status">{empty}</p> : <ul className="admin-list" aria-label={label} aria-busy={isBusy}>{items.map(children)}</ul>}
      {more ? <Button className="admin-more" data-testid="show-more" disabled={isBusy} onClick={more}>{isBusy ? "Loading…" : "Show more"}</Button> : null}
    </>
  );
}
