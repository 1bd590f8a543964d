import { formatAmount } from "@/lib/formatAmount";
import type { BackendInfo, ModelInfo, ModelProgress } from "@/protocol/types";
import { answeringModel } from "@/state/answeringModel";
import { shortHandle } from "@/state/shortHandle";
import { useAppState } from "@/state/useAppState";
import { ProgressBar } from "@/ui/ProgressBar";
import "./models.css";

function minutesLeft(iso: string): string | null {
  const minutes = (Date.parse(iso) - Date.now()) / 60_000;
  return minutes > 0 && minutes < 24 * 60 ? `leaves in ${Math.max(1, Math.round(minutes))} min` : null;
}

function facts(model: ModelInfo): string {
  const warmth = model.loaded === null ? null : model.loaded ? "warm" : "cold";
  return [
    model.backend,
    model.size_bytes ? formatAmount.bytes(model.size_bytes) : null,
    warmth,
    model.loaded && model.expires_at ? minutesLeft(model.expires_at) : null,
    model.loaded === false && model.load_ms_estimate ? `usually ${formatAmount.seconds(model.load_ms_estimate / 1000)}` : null,
  ].filter(Boolean).join(" · ");
}

interface CardProps {
  model: ModelInfo;
  handle: string;
  isDefault: boolean;
  backend: BackendInfo | undefined;
}

/** "2.1 of 4.7 GB", where the bytes are known. */
function amount(load: ModelProgress): string {
  return load.bytes_total ? `${formatAmount.bytes(load.bytes_done ?? 0)} of ${formatAmount.bytes(load.bytes_total)}` : "";
}

/** How far a load or a download is, or why it failed. */
function LoadLine({ id }: { id: string }) {
  const load = useAppState((state) => state.loads[id]);
  if (!load) return null;
  if (load.stage === "failed") return <p className="trouble" data-testid="model-load-failed">{load.error?.message ?? load.message}</p>;
  const words = [load.stage === "downloading" ? "Downloading" : load.message || load.stage, amount(load), load.eta_seconds ? `about ${formatAmount.seconds(load.eta_seconds)} left` : ""].filter(Boolean).join(" · ");
  return (
    <div data-testid="model-load">
      <p>{words}</p>
      {load.pct === null ? null : <ProgressBar value={load.pct / 100} isEstimate={load.estimated} label={`${load.action === "pull" ? "Downloading" : "Loading"} ${load.model}`} />}
    </div>
  );
}

function ModelCard({ model, handle, isDefault, backend }: CardProps) {
  return (
    <li className="model-card" data-testid="model-card" data-model={model.id}>
      <h3><span className="dot" data-on={model.loaded === true} aria-hidden="true" /><span className="name">{model.name}</span>{isDefault ? <span className="tag">answers here</span> : null}</h3>
      <p>{facts(model)}</p>
      <p><code>@{handle}</code></p>
      <LoadLine id={model.id} />
      {backend && !backend.reachable ? <p className="trouble">{backend.error ?? `${backend.name} cannot be reached.`}</p> : null}
    </li>
  );
}

/** Every model that can be asked: where it runs, whether it is loaded, how big it is. */
export function ModelsPanel({ roomId }: { roomId: string }) {
  const models = useAppState((state) => state.models);
  const backends = useAppState((state) => state.backends);
  const answering = useAppState((state) => answeringModel(state, roomId)?.id);
  const loads = useAppState((state) => state.loads);
  const coming = Object.values(loads).filter((load) => load.action === "pull" && !models.some((model) => model.id === `${load.backend}/${load.model}`));
  const lost = backends.filter((backend) => !backend.reachable && !models.some((model) => model.backend === backend.name));
  return (
    <section aria-labelledby="models-title" data-testid="models-panel">
      <h2 id="models-title"><span>Models</span><span>{[...new Set(models.map((model) => model.backend))].join(" · ")}</span></h2>
      <ul className="cards">
        {models.map((model) => (
          <ModelCard key={`${model.backend}/${model.id}`} model={model} handle={shortHandle(model, models)} isDefault={model.id === answering} backend={backends.find(({ name }) => name === model.backend)} />
        ))}
        {coming.map((load) => (
          <li key={load.id} className="model-card" data-testid="model-coming">
            <h3><span className="dot" data-on="false" aria-hidden="true" /><span className="name">{load.model}</span></h3>
            <LoadLine id={`${load.backend}/${load.model}`} />
          </li>
        ))}
        {lost.map((backend) => (
          <li key={backend.name} className="model-card" data-testid="backend-lost">
            <h3><span className="dot" data-on="false" aria-hidden="true" /><span className="name">{backend.name}</span></h3>
            <p className="trouble">{backend.error ?? "It cannot be reached."}</p>
          </li>
        ))}
      </ul>
      {models.length === 0 && lost.length === 0 ? <p className="muted">No model can be asked yet. Start Ollama and it appears here by itself.</p> : null}
    </section>
  );
}
