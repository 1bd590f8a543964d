import { useCallback, useState } from "react";
import type { AdminPerson } from "@/protocol/types";
import { admin } from "@/state/admin";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { BotDialog } from "./BotDialog";
import { PagedList } from "./PagedList";
import { PersonDialog, type PersonAct } from "./PersonDialog";
import { PersonRow } from "./PersonRow";
import { SearchField } from "./SearchField";
import { usePages } from "./usePages";

/** Everybody with an account: who is an admin, who may come in, and a new password for whoever has lost theirs. */
export function PeoplePart() {
  const me = useAppState((state) => state.session.user?.id);
  const [search, setSearch] = useState("");
  const [asked, setAsked] = useState<{ person: AdminPerson; act: PersonAct } | null>(null);
  const [isMaking, setMaking] = useState(false);
  const load = useCallback((after: string | null) => admin.people(search, after), [search]);
  const pages = usePages(load);
  return (
    <>
      <div className="admin-bar">
        <SearchField label="Find somebody by name" testId="people-search" onSearch={setSearch} />
        <Button isSmall data-testid="new-bot" onClick={() => setMaking(true)}>New bot…</Button>
        {pages.total === null ? null : <span className="muted" role="status">{pages.total === 1 ? "1 person" : `${pages.total} people`}</span>}
      </div>
      <PagedList label="People" pages={pages} empty="Nobody is called so.">
        {(person) => <PersonRow key={person.id} person={person} isMe={person.id === me} onAct={(act) => setAsked({ person, act })} />}
      </PagedList>
      {isMaking ? <BotDialog onMade={pages.reload} onClose={() => setMaking(false)} /> : null}
      {asked ? <PersonDialog person={asked.person} act={asked.act} onChanged={pages.replace} onClose={() => setAsked(null)} /> : null}
    </>
  );
}
