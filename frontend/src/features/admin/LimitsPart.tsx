import type { Limit } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";

interface Group {
  name: string;
  limits: Limit[];
}

function grouped(limits: readonly Limit[]): Group[] {
  const names = [...new Set(limits.map((limit) => limit.group))];
  return names.map((name) => ({ name, limits: limits.filter((limit) => limit.group === name) }));
}

const loadGroups = async (): Promise<Group[]> => grouped(await admin.limits());

function Table({ group }: { group: Group }) {
  return (
    <li>
      <table className="admin-table" data-testid="limits-table">
        <caption>{group.name}</caption>
        <thead className="sr-only"><tr><th scope="col">What</th><th scope="col">How much</th><th scope="col">Setting</th></tr></thead>
        <tbody>
          {group.limits.map((limit) => (
            <tr key={limit.about} data-testid="limit" data-setting={limit.setting}>
              <th scope="row">{limit.about}</th>
              <td><b>{limit.value.toLocaleString()}</b> {limit.unit}</td>
              <td><code>{limit.setting}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </li>
  );
}

/** The limits in force, each with the setting that changes it. */
export function LimitsPart() {
  const { list, reload } = useList(loadGroups);
  return <Listed list={list} empty="Nothing is limited." className="admin-tables" onRetry={reload}>{(group) => <Table key={group.name} group={group} />}</Listed>;
}
