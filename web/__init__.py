"""The web front: the chat (Gradio), the JSON interfaces, the pages without script and the widget.

`web.server.web_app` puts it together. This package imports nothing, so that parts of it stay cheap to import.
"""
