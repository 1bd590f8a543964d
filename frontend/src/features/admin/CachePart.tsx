import { useState } from "react";
import { formatAmount } from "@/lib/formatAmount";
import { notify } from "@/lib/notify";
import type { CacheFacts } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";

function figuresOf(facts: CacheFacts): [string, string, string][] {
  const spared = `${facts.hits + facts.shared} of ${facts.asked} questions needed no model`;
  return [
    ["Answers kept", facts.entries.toLocaleString(), facts.ttl_seconds > 0 ? `each for ${formatAmount.seconds(facts.ttl_seconds)}` : "switched off"],
    ["Space", facts.size_bytes === 0 ? "0 KB" : formatAmount.bytes(facts.size_bytes), `of ${formatAmount.bytes(facts.max_bytes)}`],
    ["Hit rate", facts.hit_rate === null ? "–" : `${Math.round(facts.hit_rate * 100)} %`, facts.asked === 0 ? "nothing asked yet" : spared],
    ["Time saved", formatAmount.seconds(facts.saved_seconds), "of models at work"],
  ];
}

/** What the cache has and what it spares, and a way to empty it. */
export function CachePart() {
  const { list, reload } = useList(admin.cache);
  const [isAsked, setAsked] = useState(false);
  async function empty() {
    await admin.emptyCache();
    notify("success", "The cache is empty");
    setAsked(false);
    reload();
  }
  return (
    <>
      <Listed list={list} empty="" className="admin-tables" onRetry={reload}>
        {(facts) => (
          <li key="facts">
            <dl className="figures" data-testid="cache-figures">
              {figuresOf(facts).map(([name, value, more]) => <div key={name}><dt>{name}</dt><dd><b>{value}</b><span>{more}</span></dd></div>)}
            </dl>
          </li>
        )}
      </Listed>
      <div className="admin-bar"><Button look="danger" data-testid="empty-cache" onClick={() => setAsked(true)}>Empty the cache…</Button></div>
      {isAsked ? (
        <ConfirmDialog
          title="Empty the cache?" intro="Every question is answered by a model again. Messages are not touched. This stands in the audit log." action="Empty it"
          onConfirm={empty} onClose={() => setAsked(false)}
        />
      ) : null}
    </>
  );
}
