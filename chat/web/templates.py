"""The templates that a message can be put into."""

from chat import wire
from chat.services.templates import list_templates
from chat.web.api import Api, Operation


class TemplateRoutes:
    def add_to(self, api: Api) -> None:
        api.add(Operation("GET", "/api/templates", self.list, "The templates", answer=wire.TemplatesAnswer))

    def list(self) -> wire.TemplatesAnswer:
        return wire.TemplatesAnswer(templates=list_templates())
