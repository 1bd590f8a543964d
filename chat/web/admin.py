"""What admins of the server see and change, over HTTP."""

from dataclasses import dataclass

from chat import wire
from chat.backend_settings import BackendSetting
from chat.config import Config
from chat.db.ids import iso
from chat.db.unit_of_work import Database
from chat.errors import InvalidInput
from chat.llm.cache import ResponseCache
from chat.llm.model_list import ModelList
from chat.llm.registry import BackendState
from chat.services import administration
from chat.services.administration import PAGE, PAGE_MAX, PresenceOf
from chat.services.audit import list_audit, note_alone
from chat.services.passwords import Passwords
from chat.services.room_overview import list_all_rooms
from chat.services.sign_ins import SignIns
from chat.web.api import Api, Operation, principal, require_admin
from chat.web.limits_in_force import limits_of

_PAGING: dict[str, type] = {"search": str, "after": str, "limit": int}
_LOG: dict[str, type] = {"action": str, "person": str, "before": str, "limit": int}


@dataclass(frozen=True)
class AdminRoutes:
    """`presence_of(user_id)` says who is online, which only the sockets know."""

    db: Database
    passwords: Passwords
    sign_ins: SignIns
    presence_of: PresenceOf
    models: ModelList
    cache: ResponseCache
    config: Config

    def add_to(self, api: Api) -> None:
        one, change, person = "/api/admin/people/{user}", wire.ChangePerson, wire.AdminPersonAnswer
        for operation in (
            Operation("GET", "/api/admin/people", self.people, "Everybody", answer=wire.AdminPeople, query=_PAGING),
            Operation("PATCH", one, self.change, "Make an admin, deactivate, reactivate", change, person),
            Operation("POST", f"{one}/password", self.reset, "Give a new password", answer=wire.NewPassword),
            Operation("POST", "/api/admin/bots", self.make_bot, "Make a bot", wire.CreateBot, wire.BotCreated, 201),
            Operation(
                "POST", "/api/admin/bots/{user}/keys", self.give_key, "Another key", answer=wire.KeyCreated, status=201
            ),
            Operation("GET", "/api/admin/rooms", self.rooms, "All rooms", answer=wire.AdminRooms, query=_PAGING),
            Operation("GET", "/api/admin/backends", self.backends, "The backends", answer=wire.AdminBackends),
            Operation("GET", "/api/admin/limits", self.limits, "The limits in force", answer=wire.Limits),
            Operation("DELETE", "/api/llm/cache", self.empty_cache, "Forget all answers"),
            Operation("GET", "/api/admin/audit", self.audit, "The audit log", answer=wire.AuditPage, query=_LOG),
        ):
            api.add(operation)

    def people(self, search: str = "", after: str = "", limit: int = PAGE) -> wire.AdminPeople:
        _require_page(limit)
        with self.db.read() as read:
            return administration.list_people(read, self.presence_of, search=search, after=after, limit=limit)

    def change(self, user: str, body: wire.ChangePerson) -> wire.AdminPersonAnswer:
        require_admin()
        return wire.AdminPersonAnswer(person=administration.change_person(self.db, user, body, self.presence_of))

    def reset(self, user: str) -> wire.NewPassword:
        require_admin()
        return wire.NewPassword(password=administration.reset_password(self.db, self.passwords, user))

    def make_bot(self, body: wire.CreateBot) -> wire.BotCreated:
        require_admin()
        return administration.make_bot(self.db, self.sign_ins, principal().user, body, self.presence_of)

    def give_key(self, user: str) -> wire.KeyCreated:
        require_admin()
        return administration.give_key(self.db, self.sign_ins, user)

    def rooms(self, search: str = "", after: str = "", limit: int = PAGE) -> wire.AdminRooms:
        _require_page(limit)
        with self.db.read() as read:
            return list_all_rooms(read, search=search, after=after, limit=limit)

    def backends(self) -> wire.AdminBackends:
        require_admin()
        settings = {setting.name: setting for setting in self.config.llm_backends}
        models = self.models.models() + self.models.embedders()
        return wire.AdminBackends(
            backends=[_backend(state, settings.get(state.name), models) for state in self.models.states()]
        )

    def limits(self) -> wire.Limits:
        require_admin()
        return wire.Limits(limits=limits_of(self.config))

    def empty_cache(self) -> None:
        require_admin()
        note_alone(self.db, "cache_emptied", detail=f"answers: {self.cache.size()[0]}")
        self.cache.clear()

    def audit(
        self, action: str | None = None, person: str | None = None, before: str | None = None, limit: int = PAGE
    ) -> wire.AuditPage:
        """Who looks is written down as well, once for each list and not for its further pages."""
        _require_page(limit)
        if before is None:
            note_alone(self.db, "audit_viewed", detail=", ".join(filter(None, (action, person))))
        with self.db.read() as read:
            return list_audit(read, action=action, person=person, before=before, limit=limit)


def _require_page(limit: int) -> None:
    require_admin()
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidInput(f"limit: from 1 to {PAGE_MAX}.", field="limit")


def _backend(state: BackendState, setting: BackendSetting | None, models: list[wire.ModelInfo]) -> wire.AdminBackend:
    """`setting` is None for a backend that has none of its own: the built-in and the scripted one."""
    its_own = [model for model in models if model.backend == state.name]
    return wire.AdminBackend(
        name=state.name,
        configured_kind=setting.kind if setting else state.kind,
        kind=state.kind,
        url=state.url,
        has_key=bool(setting and setting.key),
        reachable=state.reachable,
        since=iso(round(state.since * 1000)),
        error=state.error,
        abilities=list(state.abilities),
        models=len(its_own),
        loaded=sum(model.loaded is True for model in its_own),
    )
