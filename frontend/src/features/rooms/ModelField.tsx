import { useModelChoices } from "@/state/useModelChoices";
import { SelectField } from "@/ui/SelectField";

/** Which model answers where nobody names one; the empty value leaves it to the server. */
export function ModelField({ chosen }: { chosen: string }) {
  const options = useModelChoices(chosen, { value: "", label: "The server’s default" });
  return <SelectField label="Model of this room" hint="It answers where nobody names another one." name="model" defaultValue={chosen} options={options} data-testid="room-model" />;
}
