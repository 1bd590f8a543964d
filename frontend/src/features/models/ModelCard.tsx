import { Trash2 } from "lucide-react";
import { Suspense, useState } from "react";
import type { BackendInfo, ModelHistory, ModelInfo } from "@/protocol/types";
import { isUnderWay, mayChange } from "@/state/loads";
import { modelActions } from "@/state/modelActions";
import { modelHeat } from "@/state/roomHeat";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { lazily } from "@/ui/lazily";
import { LoadLine } from "./LoadLine";
import { ModelCharts } from "./ModelCharts";
import { modelFacts } from "./modelFacts";

const DeleteModelDialog = lazily(() => import("./DeleteModelDialog"));

interface Props {
  model: ModelInfo;
  handle: string;
  isDefault: boolean;
  backend: BackendInfo | undefined;
  history: ModelHistory | undefined;
}

function LoadButton({ model }: { model: ModelInfo }) {
  return <Button isSmall data-testid="load-model" aria-label={`Load ${model.name}`} onClick={() => void modelActions.load(model)}>Load</Button>;
}

function UnloadButton({ model }: { model: ModelInfo }) {
  const [isBusy, setBusy] = useState(false);
  async function unload() {
    setBusy(true);
    await modelActions.unload(model);
    setBusy(false);
  }
  return (
    <Button isSmall data-testid="unload-model" aria-label={`Unload ${model.name}`} disabled={isBusy} onClick={() => void unload()}>{isBusy ? "Unloading…" : "Unload"}</Button>
  );
}

function DeleteButton({ model }: { model: ModelInfo }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton isSmall label={`Delete ${model.name}`} tipAlign="end" data-testid="delete-model" onClick={() => setOpen(true)}><Trash2 size={14} /></IconButton>
      {isOpen ? <Suspense><DeleteModelDialog model={model} onClose={() => setOpen(false)} /></Suspense> : null}
    </>
  );
}

/** What can be done with a model where it runs, by whom is looking. Where nobody knows whether it is loaded, both ways are open. */
function Actions({ model, backend }: { model: ModelInfo; backend: BackendInfo | undefined }) {
  const mayLoad = useAppState((state) => mayChange(state, "load", backend));
  const mayUnload = useAppState((state) => mayChange(state, "unload", backend));
  const mayDelete = useAppState((state) => mayChange(state, "delete", backend));
  const isLoading = useAppState((state) => isUnderWay(state.loads[model.id]) || modelHeat(state, model).heat === "warming");
  return (
    <>
      {mayLoad && model.loaded !== true && !isLoading ? <LoadButton model={model} /> : null}
      {mayUnload && model.loaded !== false && !isLoading ? <UnloadButton model={model} /> : null}
      {mayDelete && !isLoading ? <DeleteButton model={model} /> : null}
    </>
  );
}

/** A model: how warm it is, its size, what to call it, what can be done with it, and how fast it was. */
export function ModelCard({ model, handle, isDefault, backend, history }: Props) {
  const heat = useAppState((state) => modelHeat(state, model).heat);
  const word = useAppState((state) => modelHeat(state, model).word);
  const hasLine = useAppState((state) => isUnderWay(state.loads[model.id]));
  const facts = [word, modelFacts(model)].filter(Boolean).join(" · ");
  return (
    <li className="model-card" data-testid="model-card" data-model={model.id} data-heat={heat}>
      <h4>{heat === "warming" && !hasLine ? <span className="spinner" aria-hidden="true" /> : <span className="dot" data-heat={heat} aria-hidden="true" />}<span className="name" title={model.name}>{model.name}</span>{isDefault ? <span className="tag">answers here</span> : null}</h4>
      <p>{facts}</p>
      <div className="card-foot"><code>@{handle}</code><Actions model={model} backend={backend} /></div>
      <LoadLine id={model.id} />
      {history ? <ModelCharts history={history} /> : null}
    </li>
  );
}
