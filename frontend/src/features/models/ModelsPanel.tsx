import { useEffect } from "react";
import type { ModelHistory, ModelInfo, ModelProgress } from "@/protocol/types";
import { answeringModel } from "@/state/answeringModel";
import { loadKey } from "@/state/loads";
import { modelActions } from "@/state/modelActions";
import { shortHandle } from "@/state/shortHandle";
import { useAppState } from "@/state/useAppState";
import { WithCode } from "@/ui/WithCode";
import { type BackendGroup, backendGroups } from "./backendGroups";
import { DownloadModel } from "./DownloadModel";
import { LoadLine } from "./LoadLine";
import { ModelCard } from "./ModelCard";
import { useModelHistories } from "./useModelHistories";
import "./models.css";

/** A model that is on its way to a backend and not in its list yet. */
function ComingCard({ load }: { load: ModelProgress }) {
  return (
    <li className="model-card" data-testid="model-coming" data-model={loadKey(load)}>
      <h4><span className="dot" data-heat="none" aria-hidden="true" /><span className="name" title={load.model}>{load.model}</span></h4>
      <LoadLine id={loadKey(load)} />
    </li>
  );
}

interface GroupProps {
  group: BackendGroup;
  all: readonly ModelInfo[];
  answering: string | undefined;
  histories: Readonly<Record<string, ModelHistory>>;
}

function Group({ group, all, answering, histories }: GroupProps) {
  const { name, backend, models, coming } = group;
  const isLost = backend !== undefined && !backend.reachable;
  const isEmpty = !isLost && models.length === 0 && coming.length === 0;
  return (
    <div className="backend" role="group" aria-label={`Models on ${name}`} data-backend={name} data-reachable={!isLost}>
      <h3><span className="dot" data-heat={isLost ? "error" : "warm"} aria-hidden="true" /><span className="name">{name}</span>{isLost ? <span className="end">unreachable</span> : null}</h3>
      {isLost ? <p className="trouble" data-testid="backend-lost"><WithCode text={backend.error ?? "It cannot be reached. Start it, and it appears here by itself."} /></p> : null}
      {isEmpty ? <p className="muted">No model yet.</p> : null}
      <ul className="cards">
        {models.map((model) => <ModelCard key={model.id} model={model} handle={shortHandle(model, all)} isDefault={model.id === answering} backend={backend} history={histories[model.id]} />)}
        {coming.map((load) => <ComingCard key={loadKey(load)} load={load} />)}
      </ul>
      <DownloadModel backend={backend} />
    </div>
  );
}

/** Every backend with its models: whether they are loaded, how big they are, and what can be done with them. */
export function ModelsPanel({ roomId }: { roomId: string }) {
  const models = useAppState((state) => state.models);
  const backends = useAppState((state) => state.backends);
  const loads = useAppState((state) => state.loads);
  const answering = useAppState((state) => answeringModel(state, roomId)?.id);
  const histories = useModelHistories();
  useEffect(() => modelActions.leave, []);
  const groups = backendGroups(backends, models, loads);
  return (
    <section aria-labelledby="models-title" data-testid="models-panel" className="models">
      <h2 id="models-title">Models</h2>
      {groups.map((group) => <Group key={group.name} group={group} all={models} answering={answering} histories={histories} />)}
      {groups.length === 0 ? <p className="muted">No model can be asked yet. Start Ollama and it appears here by itself.</p> : null}
    </section>
  );
}
