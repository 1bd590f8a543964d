import { useCallback, useState } from "react";
import { formatTime } from "@/lib/formatTime";
import type { AuditEntry } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Button } from "@/ui/Button";
import { AUDIT_WORDS } from "./auditWords";
import { PagedList } from "./PagedList";
import { SearchField } from "./SearchField";
import { usePages } from "./usePages";

const ACTIONS = Object.entries(AUDIT_WORDS).map(([action, { name }]) => ({ action, name }));

function Row({ entry }: { entry: AuditEntry }) {
  const who = entry.actor_username ? <b title={`@${entry.actor_username}`}>{entry.actor_name}</b> : <b className="muted">{entry.address ? "Somebody" : "The server"}</b>;
  return (
    <li className="admin-row audit" data-testid="audit-row" data-action={entry.action}>
      <time dateTime={entry.at} title={formatTime.full(entry.at)}>{formatTime.day(entry.at)}, {formatTime.clock(entry.at)}</time>
      <span className="text"><span className="says">{who} {AUDIT_WORDS[entry.action].says(entry)}</span></span>
      <code className="address">{entry.address}</code>
    </li>
  );
}

/** The audit log, newest first, of one kind or about one person if that is wanted. */
export function AuditPart() {
  const [action, setAction] = useState("");
  const [who, setWho] = useState("");
  const load = useCallback((before: string | null) => admin.audit(action, who, before), [action, who]);
  const pages = usePages(load);
  return (
    <>
      <div className="admin-bar">
        <SearchField label="By or about a user name" testId="audit-person" onSearch={setWho} />
        <label className="admin-choice">
          <span className="sr-only">Kind of entry</span>
          <select value={action} data-testid="audit-action" onChange={(event) => setAction(event.target.value)}>
            <option value="">Everything</option>
            {ACTIONS.map((known) => <option key={known.action} value={known.action}>{known.name}</option>)}
          </select>
        </label>
        <Button look="quiet" onClick={pages.reload}>Look again</Button>
      </div>
      <PagedList label="Audit log" pages={pages} empty="Nothing of this kind has happened.">{(entry) => <Row key={entry.id} entry={entry} />}</PagedList>
    </>
  );
}
