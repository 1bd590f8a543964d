"""The application, but it looks for clients that are gone more often: `-m tests.fakes.quick_pings INTERVAL TIMEOUT`."""

import sys

import app  # noqa: F401  first: it patches the standard library as ASYNC_MODE says
from chat.bootstrap import create_app
from chat.config import Config
from chat.logs import set_up_logs
from chat.realtime.runtime import Server, listen

if __name__ == "__main__":
    config = Config.from_env()
    set_up_logs(config.log_level)
    listener, application = listen(config.host, config.port), create_app(config)
    engine = application.core.socketio.server.eio
    engine.ping_interval, engine.ping_timeout = (float(seconds) for seconds in sys.argv[1:])
    application.start()
    Server(application.core.runtime, listener, application.wsgi).serve()
