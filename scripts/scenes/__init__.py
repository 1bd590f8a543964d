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
    models,
    rooms,
    signing_in,
    talking,
    templates,
)
from scripts.scenes.scene import Scene
from scripts.scenes.stage import Stage

SCENES: tuple[Scene, ...] = (
    *signing_in.SCENES,
    *acting.SCENES,
    *talking.SCENES,
    *composing.SCENES,
    *account.SCENES,
    *rooms.SCENES,
    *templates.SCENES,
    *agents.SCENES,
    *models.SCENES,
    *content.SCENES,
    *admin.SCENES,
    *away.SCENES,
)

__all__ = ["SCENES", "Scene", "Stage"]
