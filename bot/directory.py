"""The periodic full pull of the app's visible range: callbacks about leaving are hints only (path/96302)."""

from dataclasses import dataclass

import structlog

from core.people import admission
from wecom.client import Client
from wecom.errors import WeComError

log = structlog.get_logger()


@dataclass(frozen=True)
class Directory:
    client: Client

    async def pull(self) -> int:
        """Says how many people were found to have left; a failed pull changes nothing."""
        try:
            present = await self._present()
        except WeComError as error:
            log.warning("directory.not_pulled", code=error.code)
            return 0
        return await admission.reconcile(present)

    async def _present(self) -> set[str]:
        agent = await self.client.agent_get()
        tags = [await self.client.tag_get(tag) for tag in agent.tags]
        present = {user.lower() for user in agent.users}
        present |= {user.userid.lower() for tag in tags for user in tag.userlist}
        for party in {*agent.parties, *(party for tag in tags for party in tag.partylist)}:
            for department in [party, *(d.id for d in await self.client.department_simplelist(party))]:
                present |= {user.userid.lower() for user in await self.client.user_simplelist(department)}
        return present
