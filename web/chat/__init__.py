"""The chat: a page of Gradio behind a gateway.

Nothing is exported here, because Gradio takes seconds to import and `export`, `render` and `session` are pure. The
server mounts `web.chat.page` with `web.chat.gateway`.
"""
