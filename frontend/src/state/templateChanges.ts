// Making and changing templates; whoever shows them hears of it by an event. Each call throws `ApiError`.
import type { CheckTemplate, RenderedTemplate, Template, TemplateAnswer, TemplateContent, TemplateVersion, TemplateVersionsAnswer } from "@/protocol/types";
import { decodeAnswer } from "@/transport/decode";
import { httpTemplates } from "@/transport/httpTemplates";

const read = (answer: unknown): Template => decodeAnswer<TemplateAnswer>("TemplateAnswer", answer).template;

export const templateChanges = {
  /** For everybody in the room, or ("") for oneself. */
  create: async (room: string, content: TemplateContent): Promise<Template> => read(await httpTemplates.create({ ...content, room: room || null })),
  /** Refused if somebody has made a newer version than the one that was changed. */
  change: async ({ id, version }: Template, content: TemplateContent): Promise<Template> => read(await httpTemplates.change(id, { ...content, version })),
  remove: async (id: string): Promise<void> => void (await httpTemplates.remove(id)),
  check: async (asked: CheckTemplate): Promise<RenderedTemplate> => decodeAnswer<RenderedTemplate>("RenderedTemplate", await httpTemplates.check(asked)),
  versions: async (id: string): Promise<TemplateVersion[]> => decodeAnswer<TemplateVersionsAnswer>("TemplateVersionsAnswer", await httpTemplates.versions(id)).versions,
  version: async (id: string, version: number): Promise<Template> => read(await httpTemplates.version(id, version)),
  bringBack: async (id: string, version: number): Promise<Template> => read(await httpTemplates.bringBack(id, version)),
};
