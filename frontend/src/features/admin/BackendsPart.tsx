import { formatTime } from "@/lib/formatTime";
import type { AdminBackend } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";
import { WithCode } from "@/ui/WithCode";

function kindWords({ kind, configured_kind }: AdminBackend): string {
  if (kind === "auto") return "not found out yet";
  return configured_kind === "auto" ? `${kind} (found out)` : kind;
}

function modelWords({ models, loaded }: AdminBackend): string {
  if (models === 0) return "none";
  return loaded === 0 ? `${models}, none in memory` : `${models}, ${loaded} in memory`;
}

const ABILITIES = [["load", "load"], ["unload", "unload"], ["pull", "download"], ["delete", "delete"]] as const;

function abilityWords(abilities: readonly string[]): string {
  return ABILITIES.filter(([ability]) => abilities.includes(ability)).map(([, word]) => word).join(", ");
}

function sinceWords(iso: string): string {
  const day = formatTime.day(iso);
  return day === "Today" ? formatTime.clock(iso) : day;
}

function Card({ backend }: { backend: AdminBackend }) {
  const { name, url, reachable, since, error, abilities, has_key } = backend;
  return (
    <li className="admin-card" data-testid="backend-card" data-backend={name} data-reachable={reachable}>
      <h2>
        <span className="dot" data-on={reachable} />{name}
        <span className={`mark ${reachable ? "good" : "bad"}`}>{reachable ? "Answers" : "Does not answer"} <time dateTime={since} title={formatTime.full(since)}>since {sinceWords(since)}</time></span>
      </h2>
      {error ? <p className="note error"><WithCode text={error} /></p> : null}
      <dl>
        {url ? <><dt>Address</dt><dd><code>{url}</code></dd></> : null}
        <dt>Kind</dt><dd>{kindWords(backend)}</dd>
        <dt>Models</dt><dd>{modelWords(backend)}</dd>
        <dt>Can</dt><dd>{abilities.length > 0 ? `${abilityWords(abilities)} models` : "only answer"}</dd>
        {url ? <><dt>Key</dt><dd>{has_key ? "set, not shown" : "none"}</dd></> : null}
      </dl>
    </li>
  );
}

/** What is configured, and what was found there. */
export function BackendsPart({ onModels }: { onModels: () => void }) {
  const { list, reload } = useList(admin.backends);
  return (
    <>
      <div className="admin-bar">
        <Button data-testid="to-models" onClick={onModels}>Open the models panel</Button>
        <Button look="quiet" onClick={reload}>Look again</Button>
      </div>
      <Listed list={list} empty="No backend is configured. Set OLLAMA_BASE_URL or OPENAI_BASE_URL." className="admin-cards" onRetry={reload}>
        {(backend) => <Card key={backend.name} backend={backend} />}
      </Listed>
    </>
  );
}
