import { ArrowLeft, Bot, Gauge, Hash, History, ScrollText, Server, Users } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import "./admin.css";
import { AuditPart } from "./AuditPart";
import { BackendsPart } from "./BackendsPart";
import { CachePart } from "./CachePart";
import { LimitsPart } from "./LimitsPart";
import { PeoplePart } from "./PeoplePart";
import { RoomsPart } from "./RoomsPart";

interface Props {
  /** The last word of the address. */
  part: string;
  banner: ReactNode;
  /** What is shown for agents. */
  agents: ReactNode;
  onOpen: (path: string) => void;
}

const PARTS = [
  { id: "people", label: "People", Icon: Users, intro: "Everybody who has an account on this server." },
  { id: "rooms", label: "Rooms", Icon: Hash, intro: "You see that a private or direct room is there and how much goes on in it. What is said there you see only in the rooms that you are in." },
  { id: "agents", label: "Agents", Icon: Bot, intro: "A model speaks for each of them, by what it is told. They are in no room until its owners put them there; what you change here holds in all of them." },
  { id: "backends", label: "Backends", Icon: Server, intro: "Where models run. Backends are set by the configuration only (LLM_BACKENDS, OLLAMA_BASE_URL, OPENAI_BASE_URL), so nothing can be changed here." },
  { id: "limits", label: "Limits", Icon: Gauge, intro: "What is in force now. To change one, give its setting another value in .env or the environment and restart the server." },
  { id: "cache", label: "Cache", Icon: History, intro: "The same question to the same model in the same room is answered from here for a while. Counted since the server started." },
  { id: "audit", label: "Audit", Icon: ScrollText, intro: "Who did what, from where. Never what was written. Your looking at it stands here as well." },
] as const;

function Shown({ part, agents, onModels }: { part: string; agents: ReactNode; onModels: () => void }) {
  switch (part) {
    case "rooms": return <RoomsPart />;
    case "agents": return agents;
    case "backends": return <BackendsPart onModels={onModels} />;
    case "limits": return <LimitsPart />;
    case "cache": return <CachePart />;
    case "audit": return <AuditPart />;
    default: return <PeoplePart />;
  }
}

/** What admins of the server see: one part at a time, each with an address of its own. */
export function AdminPage({ part, banner, agents, onOpen }: Props) {
  const shown = PARTS.find(({ id }) => id === part) ?? PARTS[0];
  const follow = (path: string) => (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(path);
  };
  return (
    <div className="admin">
      <aside className="admin-side" aria-label="Admin">
        <a className="admin-back" href="/" data-testid="admin-back" onClick={follow("/")}><ArrowLeft size={16} aria-hidden="true" />Back to the rooms</a>
        <nav aria-label="Parts of the server">
          {PARTS.map(({ id, label, Icon }) => (
            <a key={id} href={`/admin/${id}`} data-testid={`admin-${id}`} aria-current={id === shown.id ? "page" : undefined} onClick={follow(`/admin/${id}`)}><Icon size={16} aria-hidden="true" />{label}</a>
          ))}
        </nav>
      </aside>
      <main className="admin-main" data-testid="admin-part" data-part={shown.id}>
        {banner}
        <div className="admin-scroll" role="region" aria-labelledby="admin-title" tabIndex={0}>
          <div className="admin-sheet">
            <h1 id="admin-title">{shown.label}</h1>
            <p className="admin-intro">{shown.intro}</p>
            <Shown part={shown.id} agents={agents} onModels={() => onOpen("/?panel=models")} />
          </div>
        </div>
      </main>
    </div>
  );
}
