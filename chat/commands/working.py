"""`flask work`."""

from dataclasses import replace

import click

from chat.commands.grounds import SettingWrong, told
from chat.logs import set_up_logs


@click.command()
def work() -> None:
    """Ask the models for the servers, until it is stopped.

    It does what people want of models in rooms, for servers with
    LLM_EXECUTOR=dramatiq, and with their settings. Several may run, on as many
    machines as you like.
    """
    with told() as config:
        if config.llm_executor != "dramatiq":
            raise SettingWrong("Servers do this work themselves. Set LLM_EXECUTOR=dramatiq for them and here.")
        set_up_logs(config.log_level, config.log_format)
        from chat.worker import work as work_on  # with dramatiq, which no other command needs

        work_on(replace(config, llm_preload=()))  # what is to be loaded beforehand is loaded by the servers
