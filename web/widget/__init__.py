"""The chat that publishers embed in their own pages."""

from web.widget.assets import WidgetFiles, widget_files
from web.widget.embed import MOST_TOKEN_BYTES, embed_routes
from web.widget.routes import widget_routes

__all__ = ["MOST_TOKEN_BYTES", "WidgetFiles", "embed_routes", "widget_files", "widget_routes"]
