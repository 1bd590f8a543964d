"""The screens that `make screenshots` takes pictures of and axe looks at: one person's way through all of them.

Each begins where the one before ended.
"""

from scripts.scenes import (
    account,
    acting,
    admin,
    agents,
    away,
    composing,
    content,
    hooks,
    models,
    rooms,
    signing_in,
    talking,
    templates,
)
from scripts.scenes.scene import Scene
from scripts.scenes.stage import SETTINGS, Stage

SCENES: tuple[Scene, ...] = (
    *signing_in.SCENES,
    *acting.SCENES,
    *talking.SCENES,
    *composing.SCENES,
    *account.SCENES,
    *rooms.SCENES,
    *hooks.SCENES,
    *templates.SCENES,
    *agents.SCENES,
    *models.SCENES,
    *content.SCENES,
    *admin.SCENES,
    *away.SCENES,
)

__all__ = ["SCENES", "SETTINGS", "Scene", "Stage"]
