"""The templates that a message can be put into."""

from dataclasses import asdict, dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.errors import NotFound
from chat.rate_limits import RateLimits
from chat.services import template_changes
from chat.services.access import require_room
from chat.services.templates import list_templates
from chat.web.api import Api, Operation
from chat.web.api import user as caller

ONE = "/api/templates/{template}"


@dataclass(frozen=True)
class TemplateRoutes:
    db: Database
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        one, listed, versions = wire.TemplateAnswer, wire.TemplatesAnswer, wire.TemplateVersionsAnswer
        check, checked = wire.CheckTemplate, wire.RenderedTemplate
        for operation in (
            Operation("GET", "/api/templates", self.list, "Those that one has", answer=listed, query={"room": str}),
            Operation("POST", "/api/templates", self.create, "Make one", wire.CreateTemplate, one, 201),
            Operation("POST", "/api/templates/check", self.check, "Try one out before it is made", check, checked),
            Operation("GET", ONE, self.show, "One of them", answer=one),
            Operation("PUT", ONE, self.change, "Give it a new version", wire.ChangeTemplate, one),
            Operation("DELETE", ONE, self.delete, "Offer it no more", status=204),
            Operation("GET", f"{ONE}/versions", self.versions, "What it was before", answer=versions),
            Operation("GET", f"{ONE}/versions/{{version}}", self.version, "One of these", answer=one),
            Operation("POST", f"{ONE}/versions/{{version}}", self.bring_back, "Bring one of these back", answer=one),
        ):
            api.add(operation)

    def list(self, room: str | None = None) -> wire.TemplatesAnswer:
        with self.db.read() as read:
            room_id = require_room(read, caller().id, room, "read").id if room else None
            return wire.TemplatesAnswer(templates=list_templates(read, caller().id, room_id))

    def create(self, body: wire.CreateTemplate) -> wire.TemplateAnswer:
        return wire.TemplateAnswer(template=template_changes.create_template(self.db, self._changer(), body))

    def check(self, body: wire.CheckTemplate) -> wire.RenderedTemplate:
        self.limits.take("check", caller().id)
        return wire.RenderedTemplate(**asdict(template_changes.check(body)))

    def show(self, template: str) -> wire.TemplateAnswer:
        with self.db.read() as read:
            return wire.TemplateAnswer(template=template_changes.get_template_view(read, caller().id, template))

    def change(self, template: str, body: wire.ChangeTemplate) -> wire.TemplateAnswer:
        changed = template_changes.change_template(self.db, self._changer(), template, body)
        return wire.TemplateAnswer(template=changed)

    def delete(self, template: str) -> None:
        template_changes.delete_template(self.db, self._changer(), template)

    def versions(self, template: str) -> wire.TemplateVersionsAnswer:
        with self.db.read() as read:
            return wire.TemplateVersionsAnswer(versions=template_changes.list_versions(read, caller().id, template))

    def version(self, template: str, version: str) -> wire.TemplateAnswer:
        with self.db.read() as read:
            found = template_changes.get_version(read, caller().id, template, _number(version))
        return wire.TemplateAnswer(template=found)

    def bring_back(self, template: str, version: str) -> wire.TemplateAnswer:
        back = template_changes.bring_back(self.db, self._changer(), template, _number(version))
        return wire.TemplateAnswer(template=back)

    def _changer(self) -> str:
        """Who asks, and it counts: a change of a room's templates reaches everybody in it."""
        self.limits.take("change", caller().id)
        return caller().id


def _number(version: str) -> int:
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound("Versions are numbers, from 1 on.", field="version")
    return int(version)
